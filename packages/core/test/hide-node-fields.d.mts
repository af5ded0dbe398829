/** The source of `node-fields`, with nothing to be read. */
export declare const hide: (source: string) => string
