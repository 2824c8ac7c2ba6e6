import { basename, resolve } from "node:path";
import { initialDeclaration } from "./initial-declaration.ts";

/** A file to be made: its name in the folder, and its text. */
export interface NewFile {
  readonly name: string;
  readonly text: string;
}

/** The oldest Node that the package takes, and the longest name that npm takes. */
const NODE = ">=20.19";
const LONGEST_PACKAGE_NAME = 214;

/** The files of a new application in a folder; `version` is the version of Servery that makes it. */
export function newApplication(folder: string, version: string): readonly NewFile[] {
  const name = basename(resolve(folder));
  return [
    { name: "servery.ts", text: initialDeclaration(titleOf(name)) },
    { name: "tsconfig.json", text: TSCONFIG },
    { name: ".gitignore", text: "node_modules/\n.servery/\n" },
    { name: "package.json", text: packageText(packageName(name), version) },
  ];
}

/** For editors and `tsc`; Servery itself runs the file without it. It holds whatever package.json says of modules. */
const TSCONFIG = `{
  "compilerOptions": {
    "target": "ES2023",
    "module": "Preserve",
    "moduleResolution": "Bundler",
    "strict": true,
    "noEmit": true,
    "skipLibCheck": true,
    "verbatimModuleSyntax": true,
    "erasableSyntaxOnly": true,
    "allowImportingTsExtensions": true
  }
}
`;

function packageText(name: string, version: string): string {
  const manifest = {
    name,
    private: true,
    type: "module",
    engines: { node: NODE },
    scripts: { dev: "servery dev", start: "servery start", check: "servery check" },
    dependencies: { servery: `^${version}` },
  };
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

/** `my-shop` → "My shop". */
function titleOf(folder: string): string {
  const words = folder
    .replace(/[\s_-]+/g, " ")
    .replace(/\p{Cc}/gu, "")
    .trim();
  return words === "" ? "My application" : `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}

/** A name that npm takes, from any folder's. */
function packageName(folder: string): string {
  const name = folder
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, LONGEST_PACKAGE_NAME);
  // npm refuses to install a package into one of its own name.
  return name === "" || name === "servery" ? "my-application" : name;
}
