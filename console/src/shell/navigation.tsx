import { Link } from "@tanstack/react-router";
import { elsewhere, pages } from "../pages.ts";

const GROUPS = ["", "Manage", "Understand"] as const;

/** The pages, in their groups; on a narrow screen it is one line. */
export function Navigation() {
  return (
    <nav className="navigation" aria-label="Pages">
      {GROUPS.map((group) => {
        const own = pages.filter((page) => page.group === group);
        const links = elsewhere.filter((link) => link.group === group);
        return own.length + links.length === 0 ? null : (
          <div key={group} className="navigation-group">
            {group !== "" && <h2>{group}</h2>}
            <ul>
              {own.map(({ path, label }) => (
                <li key={path}>
                  <Link to={path} search={{}} activeOptions={{ exact: path === "/", includeSearch: false }}>
                    {label}
                  </Link>
                </li>
              ))}
              {links.map(({ href, label }) => (
                <li key={href}>
                  <a href={href}>{label}</a>
                </li>
              ))}
            </ul>
          </div>
        );
      })}
    </nav>
  );
}
