// What the benchmark uses of two packages that bring no types.
declare module 'random-access-file' {
  class RandomAccessFile {
    constructor(path: string);
    /** 0 until the file is open */
    readonly fd: number;
  }
  export = RandomAccessFile;
}

declare module 'hypercore' {
  import type RandomAccessFile from 'random-access-file';

  type Node = { readonly hash: Uint8Array };
  class Hypercore {
    constructor(storage: (name: string) => RandomAccessFile);
    readonly length: number;
    readonly core: {
      readonly tree: {
        proof(request: {
          block: { index: number; nodes: number };
          upgrade: { start: number; length: number };
        }): Promise<{
          block: { nodes: readonly Node[] };
          upgrade: { nodes: readonly Node[]; additionalNodes: readonly Node[]; signature: Uint8Array };
        }>;
      };
    };
    ready(): Promise<void>;
    append(blocks: readonly Uint8Array[]): Promise<unknown>;
    close(): Promise<void>;
  }
  export = Hypercore;
}
