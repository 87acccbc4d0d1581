/** The program of an image: a Node.js module that runs in a separate process. */
export interface Program {
  readonly module: string;
  readonly args: readonly string[];
  /** Folders that it needs besides its module's own. */
  readonly folders: readonly string[];
}

export type Images = Readonly<Record<string, Pick<Program, 'module'> & Partial<Program>>>;

export interface Registry {
  /** @throws Error when there is no such image. */
  pull(image: string): Promise<Program>;
}

/** The images that a control plane was started with. */
export function registryOf(images: Images): Registry {
  return {
    pull: (image) => {
      const found = Object.hasOwn(images, image) ? images[image] : undefined;
      if (found === undefined) {
        return Promise.reject(
          new Error(
            `CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref ${image}: ${image}: not found`,
          ),
        );
      }
      return Promise.resolve({ args: [], folders: [], ...found });
    },
  };
}
