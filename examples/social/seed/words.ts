/** A category and the titles of its posts; % is the subject. */
interface Category {
  readonly name: string;
  readonly title: readonly [string, ...string[]];
}

export const CATEGORIES: readonly [Category, ...Category[]] = [
  { name: "news", title: ["What is new in %", "This week: %", "A big year for %", "% makes the news"] },
  { name: "tutorial", title: ["Getting started with %", "% step by step", "% in an afternoon", "% without fear"] },
  {
    name: "question",
    title: ["How do you test %?", "Is % worth it?", "Who uses % in production?", "Why is % slow here?"],
  },
  { name: "showcase", title: ["I built a small tool for %", "My first project with %", "Look: % in 100 lines"] },
  { name: "opinion", title: ["I was wrong about %", "% is underrated", "Stop fearing %", "In praise of %"] },
  { name: "café", title: ["Coffee and %", "% at breakfast ☕", "My weekend with %"] },
];

/** Each stands at the beginning of a title as well as within one. */
export const SUBJECTS: readonly [string, ...string[]] = [
  "SQL",
  "REST",
  "JSON",
  "HTTP",
  "SQLite",
  "PostgreSQL",
  "MariaDB",
  "Redis",
  "TypeScript",
  "Node.js",
  "Flask",
  "Spring Boot",
  "OpenAPI",
  "OAuth",
  "Docker",
  "Linux",
  "Git",
  "Markdown",
  "Unicode",
  "Naïve Bayes",
  "Prometheus",
  "WebAssembly",
  "curl",
  "Postman",
];

export const SENTENCES: readonly [string, ...string[]] = [
  "It took me a weekend and it was worth every hour.",
  "The documentation says one thing, the server another.",
  "I validate first, and only then I save.",
  "A foreign key would have told me at once.",
  "Measure before you make it faster.",
  "The query plan showed a scan of the whole table.",
  "One index later it was done in a millisecond.",
  "Nobody reads logs until something breaks.",
  "A 404 is an answer, too.",
  "We moved the rule into the service, and the controllers became short.",
  "The token had expired an hour before.",
  "Money is never a floating-point number.",
  "Two people pressed the button in the same second.",
  "The test was green because it tested nothing.",
  "I drew the tables on paper before I wrote a line.",
  "Ask me in the comments, I read them all.",
  "The answer fits on one page – print it.",
  "Next time I would start with the data.",
  "Each request stands alone, that is the whole idea.",
  "It works on my machine, and since today on yours.",
  "Small steps, and a backup before each of them.",
  "The error message named the column, thank you!",
  "We deleted more code than we wrote.",
  "¿Otra pregunta? The next part has the answers.",
];

export const REPLIES: readonly [string, ...string[]] = [
  "Thank you, that helped.",
  "I had the same problem last week.",
  "Which version do you use?",
  "Great post 👏",
  "I would not do it like that.",
  "Could you show the query?",
  "Works for me.",
  "This should be in the documentation.",
  "Did you try it with more rows?",
  "Nice! When is the next part?",
  "I learned something today.",
  "Agreed.",
  "Small correction: it is the other way round.",
  "Please write more about this.",
  "It depends.",
  "Saved for later.",
];
