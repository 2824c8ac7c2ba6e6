import { type AnyDeclaration, compile, DeclarationError } from "servery";

/** What stops the start. `make` may throw by itself: some mistakes are found where they are written. */
export function reasonOf(make: () => AnyDeclaration): string {
  try {
    compile(make());
  } catch (error) {
    if (error instanceof DeclarationError) return error.message;
    throw error;
  }
  throw new Error("the declaration was accepted");
}
