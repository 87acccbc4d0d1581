/** How the page presents a run. */
export interface Presentation {
  /** Stands above the verdict. */
  readonly title?: string | undefined;
  /** Whether Playwright's HTML report is in the page's folder. */
  readonly hasPlaywrightReport: boolean;
  /** The address of a file from the page's folder. */
  readonly hrefOf: (file: string) => string;
}
