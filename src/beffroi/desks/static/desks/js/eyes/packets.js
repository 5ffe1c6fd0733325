// Reads what the server sends of looks (see eyes/wire.py): letter, number of the look, ms since 1970, length, content.
const HEAD = 14;
const LARGEST = 8_000_000;

export class Packets {
  #held = new Uint8Array(0);

  // The packets that are whole by now; throws where it is no packet.
  feed(piece) {
    const all = new Uint8Array(this.#held.length + piece.length);
    all.set(this.#held);
    all.set(piece, this.#held.length);
    const found = [];
    let from = 0;
    while (all.length - from >= HEAD) {
      const view = new DataView(all.buffer, from, HEAD);
      const length = view.getUint32(10);
      if (length > LARGEST) throw new Error("no packet");
      if (all.length - from < HEAD + length) break;
      found.push({
        kind: String.fromCharCode(view.getUint8(0)),
        number: view.getUint8(1),
        at: Number(view.getBigUint64(2)),
        content: all.slice(from + HEAD, from + HEAD + length),
      });
      from += HEAD + length;
    }
    this.#held = all.slice(from);
    return found;
  }
}
