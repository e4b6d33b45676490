//! Whether what stands on a page can be seen and hit by everybody: contrast, sizes, names. Each page that is photographed is
//! looked at so.

use crate::look::expect_named;
use crate::support::chromium::Tab;

/// Texts whose colour does not stand out enough from what is behind it (WCAG 2.2, 1.4.3), and what can be clicked and is too
/// small and too close to something else (2.5.8).
const TOO_FAINT_OR_SMALL: &str = "(() => {
  const pixel = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
  const seen = (colours) => {
    pixel.clearRect(0, 0, 1, 1);
    for (const colour of colours) { pixel.fillStyle = colour; pixel.fillRect(0, 0, 1, 1); }
    return [...pixel.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const light = (rgb) => {
    const [r, g, b] = rgb.map((c) => c / 255).map((c) => c <= .04045 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4);
    return .2126 * r + .7152 * g + .0722 * b;
  };
  const behind = (element) => {
    const all = [];
    for (let one = element; one; one = one.parentElement) all.unshift(getComputedStyle(one).backgroundColor);
    return all;
  };
  const wrong = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement;
    if (!texts.currentNode.data.trim() || !element.checkVisibility({ opacityProperty: true })) continue;
    if (element.closest('.sr, .skip, .off, [aria-hidden=true], option, svg')) continue;
    const style = getComputedStyle(element);
    const [below, above] = [behind(element), [...behind(element), style.color]].map((all) => light(seen(all)));
    const ratio = (Math.max(below, above) + .05) / (Math.min(below, above) + .05);
    const size = parseFloat(style.fontSize);
    const needed = size >= 24 || (size >= 18.66 && style.fontWeight >= 700) ? 3 : 4.5;
    if (ratio < needed) wrong.push(`${ratio.toFixed(2)}: ${texts.currentNode.data.trim().slice(0, 40)}`);
  }
  const targets = [...document.querySelectorAll('a[href], button, summary, input:not([type=hidden]), select')];
  const boxes = targets.filter((one) => one.checkVisibility() && !one.closest('.sr, .skip, p, dd, iframe') && !one.matches('.tick'));
  for (const one of boxes) {
    // Whoever hits its label hits it.
    const sizes = [one, ...(one.labels ?? [])].map((hit) => hit.getBoundingClientRect());
    const [{ width, height }] = sizes;
    const isHit = sizes.some((size) => size.width >= 24 && size.height >= 24);
    if (width && !isHit && getComputedStyle(one).display !== 'inline') wrong.push(`${width}x${height}: ${one.outerHTML.slice(0, 120)}`);
  }
  return wrong;
})()";

/// What is not clear on the page that a tab shows, in the colours that it prefers; what acts without a name ends the test.
pub fn unclear(tab: &Tab, name: &str) -> Vec<String> {
    expect_named(tab);
    let wrong = tab.evaluate(TOO_FAINT_OR_SMALL);
    let wrong = wrong.as_array().cloned().unwrap_or_default();
    wrong
        .into_iter()
        .map(|one| format!("{name}: {one}"))
        .collect()
}
