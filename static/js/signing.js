/* A signature drawn with finger, pen or mouse goes into its hidden field as a picture: components/pad.html. */
import { each } from "./page.js";

const SHORTEST = 40; // a tap is no signature

class Pad {
  constructor(pad) {
    this.canvas = pad.querySelector("canvas");
    this.field = document.getElementById(pad.dataset.pad);
    this.pen = this.canvas.getContext("2d");
    pad.hidden = false;
    this.prepare();
    this.canvas.addEventListener("pointerdown", (event) => this.begin(event));
    this.canvas.addEventListener("pointermove", (event) => this.draw(event));
    for (const end of ["pointerup", "pointercancel"]) this.canvas.addEventListener(end, () => this.end());
    pad.querySelector("[data-clear]").addEventListener("click", () => this.clear());
    if (this.field.value) this.restore();
  }

  prepare() {
    this.length = 0;
    this.last = null;
    Object.assign(this.pen, { fillStyle: "#ffffff", strokeStyle: "#16202a", lineWidth: 4, lineCap: "round", lineJoin: "round" });
    this.pen.fillRect(0, 0, this.canvas.width, this.canvas.height);
  }

  /** What was signed before a form came back refused is still there. */
  restore() {
    const picture = new Image();
    picture.addEventListener("load", () => this.pen.drawImage(picture, 0, 0));
    picture.src = this.field.value;
    this.length = SHORTEST;
  }

  at(event) {
    const box = this.canvas.getBoundingClientRect();
    const scale = this.canvas.width / box.width;
    return [(event.clientX - box.left) * scale, (event.clientY - box.top) * scale];
  }

  begin(event) {
    event.preventDefault();
    this.canvas.setPointerCapture(event.pointerId);
    this.last = this.at(event);
  }

  draw(event) {
    if (!this.last) return;
    const next = this.at(event);
    this.pen.beginPath();
    this.pen.moveTo(...this.last);
    this.pen.lineTo(...next);
    this.pen.stroke();
    this.length += Math.hypot(next[0] - this.last[0], next[1] - this.last[1]);
    this.last = next;
  }

  end() {
    if (!this.last) return;
    this.last = null;
    this.field.value = this.length >= SHORTEST ? this.canvas.toDataURL("image/png") : "";
  }

  clear() {
    this.prepare();
    this.field.value = "";
  }
}

/** Pads are hidden while the choice is to hand in a scan. */
const follow = (signing) => {
  const form = signing.closest("form");
  const show = () => {
    signing.hidden = new FormData(form).get("how") === "scan";
  };
  form.addEventListener("change", show);
  show();
};

each("[data-signing]", (signing) => {
  signing.querySelectorAll("[data-pad]").forEach((pad) => new Pad(pad));
  follow(signing);
});
