declare module 'subset-font' {
  /** The part of a font that a text needs, with the axes of a variable font pinned. */
  function subsetFont(
    font: Buffer,
    text: string,
    options: { targetFormat: 'sfnt'; variationAxes?: Readonly<Record<string, number>> },
  ): Promise<Buffer>;
  export = subsetFont;
}
