import { get, HOST, LIMIT, post, refused, SMUGGLED, type SocketCase } from "./socket-cases.ts";

/** A request that is refused, and another behind it in the same bytes, which must not run. */
export const smugglingCases: readonly SocketCase[] = [
  refused("H15", "an empty coding", get(`${HOST}Transfer-Encoding: \r\n`) + SMUGGLED),
  refused(
    "H15",
    "identity in a header of its own",
    post("Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n", `0\r\n\r\n${SMUGGLED}`),
  ),
  refused(
    "H15",
    "both lengths on a GET",
    get(`${HOST}Transfer-Encoding: chunked\r\nContent-Length: 5\r\n`) + `0\r\n\r\n${SMUGGLED}`,
  ),
  refused("H15", "a request behind one without Host", get("") + SMUGGLED),
  refused("H15", "a request behind one with two Hosts", get("Host: a\r\nHost: b\r\n") + SMUGGLED),
  {
    ...refused("H15", "a request behind one with 201 headers", get(HOST + "A: b\r\n".repeat(200)) + SMUGGLED),
    answers: [431],
  },
  {
    ...refused("H15", "a request behind a body beyond the limit", post(`Content-Length: ${LIMIT + 1}\r\n`, SMUGGLED)),
    answers: [413],
  },
  {
    id: "H15",
    is: "a request behind one that closes",
    bytes: get(`${HOST}Connection: close\r\n`) + SMUGGLED,
    answers: [200, 400],
    closed: true,
  },
  {
    id: "H15",
    is: "a request behind one of HTTP/1.0",
    bytes: `GET /api/posts/1 HTTP/1.0\r\n\r\n${SMUGGLED}`,
    answers: [200, 400],
    closed: true,
  },
  {
    id: "H15",
    is: "a request behind CONNECT",
    bytes: `CONNECT a:80 HTTP/1.1\r\n${HOST}\r\n${SMUGGLED}`,
    answers: [],
    closed: true,
  },
];
