/** A provider's fault as the log tells it: which check failed, and nothing that it sent. It holds no token and no code. */
export class ProviderFault extends Error {
  constructor(provider: string, what: string) {
    super(`provider ${provider}: ${what}`);
    this.name = "ProviderFault";
  }
}
