/** Output that is held back until it is released, and from then on written as it comes. */
export class HeldBack {
  #held = "";
  #released = false;

  write = (text) => {
    if (this.#released) process.stdout.write(text);
    else this.#held += text;
  };

  release() {
    this.#released = true;
    process.stdout.write(this.#held);
    this.#held = "";
  }
}
