/**
 * The sorted list of rooms, updated incrementally: a changed room is removed and inserted at its new
 * place. So a message costs a few comparisons and no sorting of thousands of rooms.
 *
 * The open room keeps its place until another one is opened, so that it does not move away under the
 * pointer.
 */
import type { Room, RoomId } from "@/generated/bridge";
import { byName } from "@/text/search";
import { type Sections, wantsReading } from "./sections";

type Section = keyof Sections;

interface Place {
  section: Section;
  room: Room;
  title: string;
  mention: boolean;
  ts: number;
}

const newest = (a: Place, b: Place) => b.ts - a.ts || byName(a.title, b.title);
const orders: Record<Section, (a: Place, b: Place) => number> = {
  unread: (a, b) => Number(b.mention) - Number(a.mention) || newest(a, b),
  rooms: (a, b) => byName(a.title, b.title),
  direct: newest,
};

/** A total order: ties are decided by the identifier, so that binary search finds a room again. */
function before(a: Place, b: Place): number {
  return orders[a.section](a, b) || (a.room.id < b.room.id ? -1 : a.room.id > b.room.id ? 1 : 0);
}

/** The index of a place, or where to insert it. */
function search(list: Place[], place: Place): number {
  let [low, high] = [0, list.length];
  while (low < high) {
    const mid = (low + high) >> 1;
    const other = list[mid];
    if (other && before(other, place) < 0) low = mid + 1;
    else high = mid;
  }
  return low;
}

export class RoomOrder {
  private readonly places = new Map<RoomId, Place>();
  private readonly lists: Record<Section, Place[]> = { unread: [], rooms: [], direct: [] };
  private open: RoomId | null = null;
  private names: unknown = null;

  /**
   * Takes the rooms as they are now. `title` names one; `names` is another object once somebody is
   * called otherwise.
   */
  take(
    rooms: ReadonlyMap<RoomId, Room>,
    open: RoomId | null,
    title: (room: Room) => string,
    names: unknown = null,
  ) {
    const left = this.open === open ? null : this.open;
    const renamed = this.names !== names;
    [this.open, this.names] = [open, names];
    for (const id of this.places.size > 0 ? [...this.places.keys()] : []) if (!rooms.has(id)) this.remove(id);
    for (const room of rooms.values()) {
      const known = this.places.get(room.id);
      if (known?.room === room && room.id !== left && !(renamed && room.kind === "direct")) continue;
      if (known && room.id === open) known.room = room;
      else this.put(room, title(room), room.id === open);
    }
  }

  /** The rooms of each, in order. */
  sections(): Sections {
    const part = (section: Section) => this.lists[section].map(({ room }) => room);
    return { unread: part("unread"), rooms: part("rooms"), direct: part("direct") };
  }

  private put(room: Room, title: string, isOpen: boolean) {
    const usual = room.kind === "direct" ? "direct" : "rooms";
    const place: Place = {
      section: wantsReading(room) && !isOpen ? "unread" : usual,
      room,
      title,
      mention: room.mentions > 0,
      ts: room.last?.ts ?? 0,
    };
    const known = this.places.get(room.id);
    if (known && known.section === place.section && before(known, place) === 0) {
      known.room = room;
      return;
    }
    this.remove(room.id);
    this.places.set(room.id, place);
    const list = this.lists[place.section];
    list.splice(search(list, place), 0, place);
  }

  private remove(id: RoomId) {
    const place = this.places.get(id);
    if (!place) return;
    this.places.delete(id);
    const list = this.lists[place.section];
    const at = search(list, place);
    list.splice(list[at] === place ? at : list.indexOf(place), 1);
  }
}
