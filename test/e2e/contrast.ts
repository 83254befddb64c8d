import type { Page } from 'playwright-core';

/**
 * What a reader may not see well: text with less contrast to its background than 4.5:1, and buttons and fields whose
 * edge has less than 3:1 (WCAG 2.2, 1.4.3 and 1.4.11). Measured from what the page shows now.
 *
 * @returns a line for each, such as `3.20 button "Copy"`
 */
export function weakContrasts(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const pixel = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
    if (pixel === null) throw new Error('no canvas');
    /** The relative luminance of colours painted over each other, the lowest first. */
    const luminance = (colours: readonly string[]) => {
      for (const colour of colours) {
        pixel.fillStyle = colour;
        pixel.fillRect(0, 0, 1, 1);
      }
      const [r = 0, g = 0, b = 0] = [...pixel.getImageData(0, 0, 1, 1).data].map((byte) => {
        const share = byte / 255;
        return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const ratio = (colour: string, below: readonly string[]) => {
      const [dark = 0, light = 0] = [luminance(below), luminance([...below, colour])].sort((a, b) => a - b);
      return (light + 0.05) / (dark + 0.05);
    };
    const backgrounds = (element: Element | null): string[] =>
      element === null
        ? []
        : [...backgrounds(element.parentElement), getComputedStyle(element).backgroundColor];
    const isVisible = (element: Element) =>
      element.checkVisibility({ opacityProperty: true, visibilityProperty: true });

    const weak: string[] = [];
    const check = (found: number, needed: number, element: Element, text: string) => {
      if (found < needed) weak.push(`${found.toFixed(2)} ${element.localName} "${text.trim()}"`);
    };
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = texts.nextNode(); node !== null; node = texts.nextNode()) {
      const [element, text] = [node.parentElement, node.textContent ?? ''];
      if (element === null || element.localName === 'option' || text.trim() === '') continue;
      if (isVisible(element))
        check(ratio(getComputedStyle(element).color, backgrounds(element)), 4.5, element, text);
    }
    for (const control of document.querySelectorAll('button, input, select')) {
      if (!isVisible(control)) continue;
      const { borderColor, backgroundColor, color } = getComputedStyle(control);
      const around = backgrounds(control.parentElement);
      const name = control.getAttribute('name') || control.id || control.className;
      check(Math.max(ratio(borderColor, around), ratio(backgroundColor, around)), 3, control, name);
      if (control.localName === 'button') continue;
      const placeholder = getComputedStyle(control, '::placeholder').color;
      for (const text of [color, placeholder]) check(ratio(text, backgrounds(control)), 4.5, control, name);
    }
    return weak;
  });
}
