import { createWeakList } from '../weak-list.js'
import type { Member } from './member.js'

type Remains = Pick<Member, 'standIn'> & Pick<Member['settings'], 'signals'>

/** Creates the list of the lifecycles of a process that have not stopped: those that nobody needs may be collected. */
export function createMembers() {
  /** What is left of those that were collected; of each kind one is enough. */
  const collected = new Map<string, Remains>()
  const members = createWeakList<Member, Remains>((remains) => {
    if (remains.signals.length > 0) collected.set(remains.signals.join(), remains)
  })
  const live = (): Member[] => [...members]
  return {
    live,
    /** The signals of those that were collected. */
    pastSignals: () => [...collected.values()].flatMap(({ signals }) => signals),
    /** Where all were collected, others join in their place. */
    standIn() {
      if (live().length > 0) return
      for (const { standIn } of collected.values()) standIn()
      collected.clear()
    },
    add: (member: Member) =>
      members.add(member, { standIn: member.standIn, signals: member.settings.signals }),
    delete: members.delete,
    keep: members.keep,
  }
}
