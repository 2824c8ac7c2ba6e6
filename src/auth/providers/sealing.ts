import { seal, unseal } from "../tokens/sealed.ts";

const PURPOSE = "provider sign-in";

/** Closes what a sign-in must know at its end, under the application's secret; any other text opens as undefined. */
export function pendingSealing(secret: string): {
  seal(text: string): string;
  unseal(sealed: string): string | undefined;
} {
  return {
    seal: (text) => seal(secret, PURPOSE, text),
    unseal: (sealed) => {
      try {
        return unseal(secret, PURPOSE, sealed);
      } catch {
        return undefined;
      }
    },
  };
}
