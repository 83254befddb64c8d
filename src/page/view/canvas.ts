type Colour = 'ink' | 'soft' | 'faint' | 'edge' | 'accent' | 'good';

interface Paint {
  readonly colour: Colour;
  readonly alpha?: number;
  /** Line width, in CSS pixels. */
  readonly width?: number;
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/** A square to draw on, in the screen's resolution. Coordinates run from -1 to 1. Colours come from the style sheet. */
export class Canvas {
  readonly #element: HTMLCanvasElement;
  readonly #context: CanvasRenderingContext2D;
  /** Live: it follows the system from light to dark. */
  readonly #style = getComputedStyle(document.documentElement);
  #radius = 0;

  constructor(element: HTMLCanvasElement) {
    const context = element.getContext('2d');
    if (context === null) throw new Error('this browser does not support canvas');
    this.#element = element;
    this.#context = context;
  }

  /** Clears the square. @returns false if it has no size */
  begin(): boolean {
    const side = Math.round(this.#element.clientWidth * devicePixelRatio);
    if (side === 0) return false;
    if (this.#element.width !== side) {
      this.#element.width = side;
      this.#element.height = side;
    }
    this.#radius = side / 2;
    this.#context.setTransform(1, 0, 0, 1, side / 2, side / 2);
    this.#context.clearRect(-side, -side, 2 * side, 2 * side);
    return true;
  }

  ring(radius: number, paint: Paint): void {
    this.circle(0, 0, radius, paint);
  }

  circle(x: number, y: number, radius: number, paint: Paint): void {
    this.#context.beginPath();
    this.#context.arc(x * this.#radius, y * this.#radius, radius * this.#radius, 0, 2 * Math.PI);
    this.#stroke(paint);
  }

  /** A part of a ring. `width` is relative to the radius, and angles are in radians. */
  arc(part: { radius: number; from: number; to: number; width: number }, { colour, alpha = 1 }: Paint): void {
    this.#context.beginPath();
    this.#context.arc(0, 0, part.radius * this.#radius, part.from, part.to);
    this.#context.lineCap = 'butt';
    this.#context.lineWidth = part.width * this.#radius;
    this.#context.strokeStyle = this.#colour(colour);
    this.#context.globalAlpha = alpha;
    this.#context.stroke();
  }

  line(from: Point, to: Point, paint: Paint): void {
    this.#context.beginPath();
    this.#context.moveTo(from.x * this.#radius, from.y * this.#radius);
    this.#context.lineTo(to.x * this.#radius, to.y * this.#radius);
    this.#stroke(paint);
  }

  /** Draws many dots as a single path, which costs little more than one. */
  dots(dots: readonly (Point & { readonly radius: number })[], { colour, alpha = 1 }: Paint): void {
    this.#context.beginPath();
    for (const { x, y, radius } of dots) {
      this.#context.moveTo((x + radius) * this.#radius, y * this.#radius);
      this.#context.arc(x * this.#radius, y * this.#radius, radius * this.#radius, 0, 2 * Math.PI);
    }
    this.#context.fillStyle = this.#colour(colour);
    this.#context.globalAlpha = alpha;
    this.#context.fill();
  }

  text(text: string, x: number, y: number, { colour }: Paint): void {
    this.#context.font = `500 ${10.5 * devicePixelRatio}px system-ui, sans-serif`;
    this.#context.textAlign = 'center';
    this.#context.textBaseline = 'middle';
    this.#context.fillStyle = this.#colour(colour);
    this.#context.globalAlpha = 1;
    this.#context.fillText(text, x * this.#radius, y * this.#radius);
  }

  #stroke({ colour, alpha = 1, width = 1 }: Paint): void {
    this.#context.lineCap = 'round';
    this.#context.lineWidth = width * devicePixelRatio;
    this.#context.strokeStyle = this.#colour(colour);
    this.#context.globalAlpha = alpha;
    this.#context.stroke();
  }

  #colour(name: Colour): string {
    return this.#style.getPropertyValue(`--${name}`);
  }
}
