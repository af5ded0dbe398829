/** A list whose items live by themselves, but for those that it is told to keep. */
export type WeakList<Item extends object, Note> = ReturnType<typeof createWeakList<Item, Note>>

/** Creates an empty list; `gone` is told of an item that was collected when somebody looks through the list. */
export function createWeakList<Item extends object, Note>(gone: (note: Note) => void = () => {}) {
  interface Entry {
    readonly reference: WeakRef<Item>
    readonly note: Note
    /** The item, as long as it is kept. */
    kept: Item | undefined
  }
  const entries = new Set<Entry>()
  const entryOf = new WeakMap<Item, Entry>()

  return {
    /**
     * Adds an item, and keeps it.
     *
     * @param note what is left of it when it is gone; it must not hold the item
     */
    add(item: Item, note: Note) {
      const entry = { reference: new WeakRef(item), note, kept: item }
      entries.add(entry)
      entryOf.set(item, entry)
    },
    delete(item: Item) {
      const entry = entryOf.get(item)
      if (entry !== undefined) entries.delete(entry)
    },
    /** Keeps an item of the list from now on, or not: it is gone as soon as nobody else holds it. */
    keep(item: Item, isKept: boolean) {
      const entry = entryOf.get(item)
      if (entry !== undefined) entry.kept = isKept ? item : undefined
    },
    /** Those that live, in the order in which they were added. */
    *[Symbol.iterator](): Iterator<Item> {
      for (const entry of entries) {
        const item = entry.reference.deref()
        if (item !== undefined) yield item
        else if (entries.delete(entry)) gone(entry.note)
      }
    },
  }
}

const belongings = new WeakMap<object, Set<object>>()

/** Keeps `what` for as long as `owner` lives, without being seen on it. Returns how to let it go before. */
export function keepWith(owner: object, what: object): () => void {
  const all = belongings.get(owner) ?? new Set()
  belongings.set(owner, all.add(what))
  return () => void all.delete(what)
}
