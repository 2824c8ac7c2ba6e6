-- The requests of every scenario for wrk:
--   wrk -s requests.lua URL -- SCENARIO SEED USERS POSTS count|explain [WORDS, divided by commas] [TOKEN]
-- With `explain` the first answer that is not 2xx is printed: the callback slows wrk, so not while it counts.
-- Requests are put together by hand: wrk.format() costs as much as a fast server's whole answer.

local CATEGORIES = { "news", "sport", "music", "travel", "food", "science", "technology", "art", "books", "games" }
local SENTENCES = {
  "The river market opens early and the whole street follows its own quiet season. ",
  "Every neighbour remembers the first letter, although nobody explains who carries it. ",
  "Slowly the new station builds another winter window near the great old harbour. ",
  "A student measures this garden before the last small story finishes again. ",
  "Our village often visits the city kitchen without the teacher, never together. ",
}

local random = math.random
local host, users, posts
local authorization = ""
local words = {}

-- About 300 letters of text that differ from request to request.
local function content()
  local parts = {}
  for i = 1, 4 do parts[i] = SENTENCES[random(#SENTENCES)] end
  return table.concat(parts)
end

local function get(path)
  return "GET " .. path .. " HTTP/1.1\r\nHost: " .. host .. authorization .. "\r\n\r\n"
end

local function send(method, path, body)
  return method .. " " .. path .. " HTTP/1.1\r\nHost: " .. host
    .. "\r\nContent-Type: application/json\r\nContent-Length: " .. #body .. "\r\n\r\n" .. body
end

local function new_post()
  return '{"user_id":' .. random(users) .. ',"title":"Posted number ' .. random(1000000000)
    .. '","content":"' .. content() .. '","category":"' .. CATEGORIES[random(#CATEGORIES)]
    .. '","likes":' .. random(0, 500) .. "}"
end

-- A hundred inserts: about 45 KB.
local function batch()
  local operations = {}
  for i = 1, 100 do operations[i] = '{"method":"POST","path":"/api/posts","body":' .. new_post() .. "}" end
  return "[" .. table.concat(operations, ",") .. "]"
end

local scenarios = {
  ["one-row"] = function() return get("/api/posts/" .. random(posts)) end,
  ["list"] = function() return get("/api/posts?category=" .. CATEGORIES[random(#CATEGORIES)]) end,
  ["newest"] = function() return get("/api/posts") end,
  ["author"] = function() return get("/api/posts?include=user") end,
  ["insert"] = function() return send("POST", "/api/posts", new_post()) end,
  ["patch"] = function()
    return send("PATCH", "/api/posts/" .. random(posts),
      '{"title":"Patched number ' .. random(1000000000) .. '","likes":' .. random(0, 1000000) .. "}")
  end,
  ["batch"] = function() return send("POST", "/api/batch", batch()) end,
  ["aggregate"] = function()
    return get("/api/posts?aggregate=count,avg(likes),max(likes)&group_by=category")
  end,
  ["search"] = function() return get("/api/articles?q=" .. words[random(#words)]) end,
}

function init(args)
  local scenario = scenarios[args[1]]
  if scenario == nil then error("no such scenario: " .. tostring(args[1])) end
  math.randomseed(tonumber(args[2]))
  users, posts = tonumber(args[3]), tonumber(args[4])
  for word in (args[6] or ""):gmatch("[^,]+") do words[#words + 1] = word end
  if (args[7] or "") ~= "" then authorization = "\r\nAuthorization: Bearer " .. args[7] end
  host = wrk.headers["Host"]
  request = scenario
  if args[5] == "explain" then response = explain end
end

local explained = false
function explain(status, headers, body)
  if explained or (status >= 200 and status < 300) then return end
  explained = true
  io.write("\nREFUSED " .. status .. " " .. body:gsub("%s+", " "):sub(1, 300) .. "\n")
end

function done(summary, latency, requests)
  local e = summary.errors
  io.write(string.format(
    '\nRESULT {"requests":%d,"seconds":%.6f,"p50Ms":%.4f,"p99Ms":%.4f,"not2xx":%d,"broken":%d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    e.status, e.connect + e.read + e.write + e.timeout))
end
