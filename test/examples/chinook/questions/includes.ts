import type { Question } from "../question.ts";

/** Rows together with their neighbours: one, many, counted, three levels deep; and nested routes. */
export const includes: readonly Question[] = [
  {
    question: "What are the newest two artists, with their albums and the tracks of those?",
    url: "/api/Artist?include=Album.Track&limit=2",
    sql: `SELECT ArtistId, Name, (
            SELECT json_group_array(json_object('AlbumId', AlbumId, 'Title', Title, 'ArtistId', ArtistId, 'Track', (
              SELECT json_group_array(json_object(
                'TrackId', TrackId, 'Name', Name, 'AlbumId', AlbumId, 'MediaTypeId', MediaTypeId, 'GenreId', GenreId,
                'Composer', Composer, 'Milliseconds', Milliseconds, 'Bytes', Bytes, 'UnitPrice', UnitPrice
              ) ORDER BY TrackId DESC) FROM Track WHERE Track.AlbumId = Album.AlbumId
            )) ORDER BY AlbumId DESC) FROM Album WHERE Album.ArtistId = Artist.ArtistId
          ) AS Album
          FROM Artist ORDER BY ArtistId DESC LIMIT 2`,
  },
  {
    question:
      "Of Iron Maiden: five albums from the end of the alphabet, two long tracks of each, and the genres of those?",
    url:
      "/api/Artist/90?include=Album.Track.Genre&fields=Name&Album.limit=5&Album.sort=-Title&Album.fields=Title" +
      "&Album.Track.limit=2&Album.Track.sort=-Milliseconds&Album.Track.fields=Name,UnitPrice&Album.Track.Genre.fields=Name",
    one: true,
    sql: `SELECT Name, (
            SELECT json_group_array(json_object('Title', Title, 'Track', (
              SELECT json_group_array(json_object('Name', Name, 'UnitPrice', UnitPrice, 'Genre', json_object('Name', GenreName)))
              FROM (
                SELECT Track.Name, UnitPrice, Genre.Name AS GenreName FROM Track JOIN Genre USING (GenreId)
                WHERE Track.AlbumId = Five.AlbumId ORDER BY Milliseconds DESC, TrackId DESC LIMIT 2
              )
            ))) FROM (SELECT * FROM Album WHERE ArtistId = 90 ORDER BY Title DESC, AlbumId DESC LIMIT 5) AS Five
          ) AS Album
          FROM Artist WHERE ArtistId = 90`,
  },
  {
    question: "What are the three newest tracks, with album, genre and medium?",
    url: "/api/Track?include=Album,Genre,MediaType&limit=3",
    sql: `SELECT Track.*,
            json_object('AlbumId', Album.AlbumId, 'Title', Album.Title, 'ArtistId', Album.ArtistId) AS Album,
            json_object('GenreId', Genre.GenreId, 'Name', Genre.Name) AS Genre,
            json_object('MediaTypeId', MediaType.MediaTypeId, 'Name', MediaType.Name) AS MediaType
          FROM Track JOIN Album USING (AlbumId) JOIN Genre USING (GenreId) JOIN MediaType USING (MediaTypeId)
          ORDER BY TrackId DESC LIMIT 3`,
  },
  {
    question: "How many albums have the first ten artists by name?",
    url: "/api/Artist?include=Album.count&sort=Name&limit=10",
    sql: `SELECT Artist.*, count(AlbumId) AS Album_count FROM Artist LEFT JOIN Album USING (ArtistId)
          GROUP BY ArtistId ORDER BY Name, ArtistId LIMIT 10`,
  },
  {
    question: "How many tracks are on each album of Led Zeppelin?",
    url: "/api/Artist/22?include=Album.Track.count&Album.sort=AlbumId&Album.fields=Title",
    one: true,
    sql: `SELECT *, (
            SELECT json_group_array(json_object('Title', Title, 'Track_count', (
              SELECT count(*) FROM Track WHERE Track.AlbumId = Album.AlbumId
            )) ORDER BY AlbumId) FROM Album WHERE Album.ArtistId = Artist.ArtistId
          ) AS Album FROM Artist WHERE ArtistId = 22`,
  },
  {
    question:
      "How many tracks has each genre, and which came last? An included list has 20 rows unless the URL says more.",
    url: "/api/Genre?include=Track.count,Track&Track.fields=TrackId&sort=GenreId&limit=3",
    sql: `SELECT *, (SELECT count(*) FROM Track WHERE Track.GenreId = Genre.GenreId) AS Track_count, (
            SELECT json_group_array(json_object('TrackId', TrackId)) FROM (
              SELECT TrackId FROM Track WHERE Track.GenreId = Genre.GenreId ORDER BY TrackId DESC LIMIT 20
            )
          ) AS Track FROM Genre ORDER BY GenreId LIMIT 3`,
  },
  {
    question: "Who works for whom?",
    url: "/api/Employee?include=Manager,Reports&Manager.fields=LastName,HireDate&Reports.fields=LastName&Reports.sort=LastName&fields=EmployeeId,LastName,BirthDate&sort=EmployeeId",
    sql: `SELECT EmployeeId, LastName, BirthDate,
            (SELECT json_object('LastName', LastName, 'HireDate', HireDate) FROM Employee AS Boss
             WHERE Boss.EmployeeId = Employee.ReportsTo) AS Manager,
            (SELECT json_group_array(json_object('LastName', LastName) ORDER BY LastName, EmployeeId)
             FROM Employee AS Report WHERE Report.ReportsTo = Employee.EmployeeId) AS Reports
          FROM Employee ORDER BY EmployeeId`,
  },
  {
    question: "What stands on invoice 5, and which track is meant by each line?",
    url: "/api/Invoice/5/InvoiceLine?include=Track&Track.fields=Name,UnitPrice&sort=InvoiceLineId",
    sql: `SELECT InvoiceLine.*, json_object('Name', Track.Name, 'UnitPrice', Track.UnitPrice) AS Track
          FROM InvoiceLine JOIN Track USING (TrackId) WHERE InvoiceId = 5 ORDER BY InvoiceLineId LIMIT 20`,
  },
  {
    question: "Which invoices of customer 7 were above 5, the newest first?",
    url: "/api/Customer/7/Invoice?Total[gt]=5&sort=-InvoiceDate",
    sql: "SELECT * FROM Invoice WHERE CustomerId = 7 AND Total > 5 ORDER BY InvoiceDate DESC, InvoiceId DESC LIMIT 20",
  },
  {
    question: "Which track is the one of number 3402 in playlist 1?",
    url: "/api/PlaylistTrack/1,3402?include=Track,Playlist&Track.fields=Name,Milliseconds",
    one: true,
    sql: `SELECT PlaylistTrack.*, json_object('Name', Track.Name, 'Milliseconds', Milliseconds) AS Track,
            json_object('PlaylistId', Playlist.PlaylistId, 'Name', Playlist.Name) AS Playlist
          FROM PlaylistTrack JOIN Track USING (TrackId) JOIN Playlist USING (PlaylistId)
          WHERE PlaylistId = 1 AND TrackId = 3402`,
  },
];
