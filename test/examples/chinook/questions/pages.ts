import type { Question } from "../question.ts";

/** Long lists, read to their end without a row missing or coming twice. */
export const pages: readonly Question[] = [
  {
    question: "What are all the genres, seven at a time?",
    url: "/api/Genre?sort=Name&limit=7&offset=0&count=exact",
    pages: 4,
    sql: "SELECT * FROM Genre ORDER BY Name, GenreId",
    total: "SELECT count(*) FROM Genre",
  },
  {
    question: "What is in the playlists? All 8,715 rows in the order of a key of two columns.",
    url: "/api/PlaylistTrack?limit=1000&cursor=",
    pages: 9,
    sql: "SELECT * FROM PlaylistTrack ORDER BY PlaylistId DESC, TrackId DESC",
  },
  {
    question: "What are all the tracks by composer, those without one first, and for one composer by falling price?",
    url: "/api/Track?sort=Composer,-UnitPrice&fields=TrackId,Composer,UnitPrice&limit=333&cursor=",
    pages: 11,
    sql: "SELECT TrackId, Composer, UnitPrice FROM Track ORDER BY Composer NULLS FIRST, UnitPrice DESC, TrackId DESC",
  },
  {
    question: "What are all the rock tracks by the names of their artists?",
    url: "/api/Track?Genre.Name=Rock&sort=Album.Artist.Name,Name&fields=TrackId,Name&limit=100&cursor=",
    pages: 13,
    sql: `SELECT TrackId, Track.Name FROM Track JOIN Genre USING (GenreId) JOIN Album USING (AlbumId) JOIN Artist USING (ArtistId)
          WHERE Genre.Name = 'Rock' ORDER BY Artist.Name, Track.Name, TrackId`,
  },
];
