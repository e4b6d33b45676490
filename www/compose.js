// Writing in rich text: an editor in a frame of ours, in which no script runs and nothing is loaded; this script drives it
// from the page. Its HTML is judged by the server before it is kept or sent (src/clean/writing.rs): what is cleaned here is
// cleaned for the eye. The text of the page says the same as the editor all the time, so all that is known of a message
// without script is known of this one.
//
// It stands in the page behind the form, and runs before app.js: what that takes for "not changed" is the form as it is here.
"use strict";
{
  const rich = document.querySelector(".rich");
  const form = rich?.closest("form");
  const KINDS = ["image/png", "image/jpeg", "image/gif", "image/webp"];
  const BLOCKS = "address article aside blockquote center dd details dir div dl dt figcaption figure footer h1 h2 h3 h4 h5 h6 header hr li main menu nav ol p pre section summary table tbody tfoot thead tr td th ul caption".split(" ");
  const isBlock = (node) => node.nodeType === 1 && BLOCKS.includes(node.localName);

  // ---- HTML as text

  const quoted = (line) => (line.startsWith(">") ? `>${line}` : line ? `> ${line}` : ">");
  const item = (lines, mark) => lines.map((line, n) => (n ? " ".repeat(mark.length) : mark) + line);
  const linesOf = (root) => {
    const lines = [];
    let line;
    const add = (text) => text && (line = (line ?? "") + text);
    const end = () => {
      if (line !== undefined) lines.push(line);
      line = undefined;
    };
    const walk = (node) => {
      if (node.nodeType === 3) {
        const text = node.data.replace(/[ \t\r\n]+/g, " ");
        add(line === undefined || /(^| )$/.test(line) ? text.replace(/^ /, "") : text);
      } else if (node.nodeType !== 1) return;
      else if (node.localName === "br") {
        line ??= "";
        end();
      } else if (node.localName === "img") add(node.alt);
      else if (isBlock(node)) {
        end();
        lines.push(...blockLines(node));
      } else if (["style", "script", "title", "template"].includes(node.localName)) return;
      else {
        const begin = line ?? "";
        node.childNodes.forEach(walk);
        const href = node.localName === "a" ? node.getAttribute("href") ?? "" : "";
        const words = (line ?? "").slice(begin.length).trim();
        const isSaid = [href, href.replace(/^https?:\/\//, ""), href.replace(/\/$/, ""), href.replace(/^https?:\/\/|\/$/g, "")].includes(words);
        if (/^https?:/.test(href) && words && !isSaid) add(` <${href}>`);
      }
    };
    root.childNodes.forEach(walk);
    end();
    return lines.map((one) => one.replace(/ $/, ""));
  };
  const blockLines = (node) => {
    const name = node.localName;
    if (name === "pre") return node.textContent.replace(/\n$/, "").split("\n");
    if (name === "hr") return ["----------"];
    if (name === "ul" || name === "ol") {
      let n = Number(node.getAttribute("start") ?? 1);
      return [...node.children].flatMap((one) => {
        const lines = linesOf(one);
        return one.localName === "li" ? item(lines.length ? lines : [""], name === "ol" ? `${n++}. ` : "- ") : lines.map((line) => `  ${line}`);
      });
    }
    if (name === "tr") {
      const cells = [...node.children].map(linesOf).filter((lines) => lines.length);
      return cells.every((lines) => lines.length === 1) && cells.length ? [cells.flat().join("  ")] : cells.flat();
    }
    const lines = linesOf(node);
    if (name === "blockquote") {
      while (lines.at(-1) === "") lines.pop();
      return lines.map(quoted);
    }
    return /^(p|h[1-6])$/.test(name) ? [...lines, ""] : lines;
  };
  // A blank that does not break is what an editor writes for a second blank, and for the one behind "--".
  const textOf = (root) => {
    const lines = linesOf(root).map((line) => line.replaceAll("\u00a0", " "));
    while (lines.length && lines.at(-1) === "") lines.pop();
    return lines.length ? `${lines.join("\n")}\n` : "";
  };

  // ---- text as HTML

  const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
  const spaced = (line) => escaped(line).replace(/^ | $|  /g, (blanks) => (blanks.length > 1 ? "&nbsp; " : "&nbsp;"));
  const lineHtml = (line) => {
    const html = spaced(line).replace(/https?:\/\/[^\s&]+(?:&amp;[^\s&]+)*[^\s&.,;:!?)]/g, (url) => `<a href="${url}">${url}</a>`);
    return `<div>${html || "<br>"}</div>`;
  };
  const htmlOf = (text) => {
    const out = [];
    const lines = text.replace(/\n$/, "").split("\n");
    for (let n = 0; n < lines.length; n++) {
      if (!lines[n].startsWith(">")) out.push(lineHtml(lines[n]));
      else {
        let to = n;
        while (to + 1 < lines.length && lines[to + 1].startsWith(">")) to++;
        const inner = lines.slice(n, to + 1).map((line) => line.replace(/^> ?/, ""));
        out.push(`<blockquote>${htmlOf(inner.join("\n"))}</blockquote>`);
        n = to;
      }
    }
    return out.join("");
  };

  // ---- what is pasted

  const KEPT = "a b strong i em u s strike del ins sub sup code pre blockquote p div br hr ul ol li h1 h2 h3 h4 h5 h6 table thead tbody tfoot tr td th caption img dl dt dd".split(" ");
  const GONE = "script style title head meta link template noscript iframe object embed svg math audio video canvas select textarea input".split(" ");
  const ATTRIBUTES = { a: ["href"], img: ["src", "alt", "width", "height"], td: ["colspan", "rowspan"], th: ["colspan", "rowspan"], ol: ["start"] };
  const isLink = (href) => /^(https?|mailto|tel):/i.test(href);
  const isPicture = (src) => KINDS.some((kind) => src.startsWith(`data:${kind};base64,`));
  // Some programs say with style alone what is bold.
  const meantBy = ({ style }) => [
    (style.fontWeight === "bold" || style.fontWeight >= 600) && "b",
    style.fontStyle === "italic" && "i",
    /underline/.test(style.textDecoration) && "u",
  ].filter(Boolean);
  const clean = (node, into) => {
    for (const child of node.childNodes) {
      if (child.nodeType === 3) into.append(child.data);
      if (child.nodeType !== 1 || GONE.includes(child.localName)) continue;
      const name = child.localName;
      const isPlain = /^(b|strong)$/.test(name) && child.style.fontWeight === "normal";
      const isShown = name === "img" ? isPicture(child.getAttribute("src") ?? "") : KEPT.includes(name) && !isPlain;
      let to = into;
      if (name === "img" && !isShown) into.append(child.alt);
      for (const one of isShown ? [name] : meantBy(child)) {
        const made = into.ownerDocument.createElement(one);
        to.append(made);
        to = made;
      }
      if (isShown)
        for (const key of ATTRIBUTES[name] ?? [])
          if (child.hasAttribute(key) && (key !== "href" || isLink(child.getAttribute(key).trim()))) to.setAttribute(key, child.getAttribute(key));
      clean(child, to);
      // What is not kept may have been a line of its own.
      if (to === into && isBlock(child) && !KEPT.includes(name)) into.append(into.ownerDocument.createElement("br"));
    }
  };
  // Read in the frame, where no script runs and style may say something. What would be stopped there, and complained of, is
  // taken out of tags before.
  const cleaned = (html, { DOMParser }) => {
    const quiet = html.replace(/<(base|meta|link)\b/gi, "<gone").replace(/<[^<>]*>/g, (tag) => tag.replace(/([\s"'/])on\w+\s*=/gi, "$1data-gone="));
    const inert = new DOMParser().parseFromString(quiet, "text/html");
    const to = inert.createElement("div");
    clean(inert.body, to);
    return to.innerHTML;
  };

  // ---- the editor

  const start = () => {
    const { [rich.dataset.text]: text, [rich.dataset.html]: html, rich: mark } = form.elements;
    const [frame, bar, status] = ["iframe", "[role=toolbar]", "[role=status]"].map((one) => rich.querySelector(one));
    const opener = document.querySelector("#to-rich");
    const [plainDialog, linkDialog] = ["#plain-dialog", "#link-dialog"].map((one) => document.querySelector(one));
    const most = Number(rich.dataset.most);
    let [inside, isDirty, isPlainOnce, dragged] = [undefined, false, false, false];
    const say = (words) => (status.textContent = words ?? "");
    const isOpen = () => mark.value === "1";
    const body = () => inside?.body;
    const begins = () => (text.dataset.begins === "below" ? "below" : "above");

    // What is coloured was coloured for white paper.
    const PAPER = "[style*=color], [style*=background], [bgcolor], font[color], [color]";
    const dress = () => {
      if (!inside) return;
      const page = getComputedStyle(form);
      const of = (name) => getComputedStyle(document.documentElement).getPropertyValue(name);
      const root = inside.documentElement;
      root.style.colorScheme = getComputedStyle(document.documentElement).colorScheme;
      for (const name of ["--pane", "--ink", "--accent"]) root.style.setProperty(name, of(name));
      root.style.fontSize = page.fontSize;
      root.classList.toggle("paper", !!body().querySelector(PAPER));
      frame.classList.toggle("paper", root.classList.contains("paper"));
    };
    const sync = () => {
      if (!isOpen() || !inside || !isDirty) return;
      isDirty = false;
      html.value = body().innerHTML;
      text.value = textOf(body());
      say(html.value.length > most ? rich.dataset.tooLarge : "");
    };
    let later;
    const changed = () => {
      isDirty = true;
      clearTimeout(later);
      later = setTimeout(() => (sync(), dress(), press()), 300);
    };
    // All that asks for what is typed gets it as it is now.
    form.addEventListener("formdata", ({ formData }) => {
      sync();
      for (const field of [text, html]) formData.set(field.name, field.value);
    });

    const selected = () => {
      const at = inside.getSelection()?.anchorNode;
      return at && (at.nodeType === 1 ? at : at.parentElement);
    };
    const isIn = (name) => !!selected()?.closest(name);
    const STATES = { quote: () => isIn("blockquote"), link: () => isIn("a"), "paste-plain": () => rich.dataset.pastes === "plain" };
    const press = () => {
      for (const button of bar.querySelectorAll("[aria-pressed]")) {
        const does = button.dataset.does;
        button.setAttribute("aria-pressed", inside ? (STATES[does]?.() ?? inside.queryCommandState(does)) : false);
      }
    };
    const run = (command, value) => {
      frame.contentWindow.focus();
      body().focus();
      inside.execCommand("styleWithCSS", false, false);
      inside.execCommand(command, false, value);
      changed();
      press();
    };

    const tooLarge = () => say(rich.dataset.tooLarge);
    const dataOf = (blob) => new Promise((resolve) => {
      const reader = new FileReader();
      reader.onload = () => resolve(reader.result);
      reader.onerror = () => resolve(undefined);
      reader.readAsDataURL(blob);
    });
    // A photograph is made as large as a letter needs it.
    const smaller = async (file) => {
      const picture = file.type === "image/gif" || file.size < 400000 ? undefined : await createImageBitmap(file).catch(() => undefined);
      if (!picture) return file;
      const scale = Math.min(1, 1600 / Math.max(picture.width, picture.height));
      const canvas = Object.assign(document.createElement("canvas"), { width: picture.width * scale, height: picture.height * scale });
      canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
      const made = await new Promise((resolve) => canvas.toBlob(resolve, file.type === "image/png" && file.size < 1200000 ? "image/png" : "image/jpeg", 0.85));
      return made && made.size < file.size ? made : file;
    };
    const insertPictures = async (files) => {
      for (const file of files) {
        const data = await dataOf(await smaller(file));
        if (!data || !isPicture(data)) continue;
        if (body().innerHTML.length + data.length > most) return tooLarge();
        run("insertHTML", `<img src="${data}" alt="">`);
      }
    };
    const picturesOf = (data) => [...data.files].filter((file) => KINDS.includes(file.type));
    const insert = (data, isPlain) => {
      const [own, plain] = [data.getData("text/html"), data.getData("text/plain")];
      const pictures = picturesOf(data);
      const hasWords = plain.trim() !== "";
      if (pictures.length && !isPlain && !hasWords) insertPictures(pictures);
      else if (own && !isPlain) {
        const words = cleaned(own, frame.contentWindow);
        if (body().innerHTML.length + words.length > most) tooLarge();
        else run("insertHTML", words);
      } else if (plain) run("insertText", plain.replaceAll("\r\n", "\n"));
    };

    const SHORTCUTS = { b: "bold", i: "italic", u: "underline", k: "link", "&": "insertOrderedList", 7: "insertOrderedList", "*": "insertUnorderedList", 8: "insertUnorderedList", "(": "quote", 9: "quote", "\\": "removeFormat" };
    const keys = (event) => {
      isPlainOnce = false;
      if (!(event.ctrlKey || event.metaKey) || event.altKey || event.isComposing) return;
      if (event.shiftKey && event.key.toLowerCase() === "v") return (isPlainOnce = true);
      const does = SHORTCUTS[event.key.toLowerCase()];
      const needsShift = /^insert|^quote/.test(does);
      if (!does || event.shiftKey !== needsShift) return;
      event.preventDefault();
      act(does);
    };
    const filesOf = (event) => [...(event.dataTransfer?.files ?? [])];
    const drop = (event) => {
      const { dataTransfer } = event;
      if (dragged) return;
      event.preventDefault();
      const range = inside.caretRangeFromPoint?.(event.clientX, event.clientY);
      if (range) inside.getSelection().setBaseAndExtent(range.startContainer, range.startOffset, range.startContainer, range.startOffset);
      const others = filesOf(event).filter((file) => !KINDS.includes(file.type));
      if (others.length) {
        const field = form.querySelector("input[type=file]");
        const all = new DataTransfer();
        for (const file of [...field.files, ...others]) all.items.add(file);
        field.files = all.files;
        field.dispatchEvent(new Event("change", { bubbles: true }));
      }
      if (picturesOf(dataTransfer).length) insertPictures(picturesOf(dataTransfer));
      else if (!others.length) insert(dataTransfer, false);
    };

    // Puts the editor in the place of the text.
    let pending;
    frame.addEventListener("load", () => {
      if (pending && frame.contentDocument?.URL !== "about:blank") open(pending);
    });
    const open = ({ content, isOwn, isAsked }) => {
        pending = undefined;
        inside = frame.contentDocument;
        const { lang, dir } = document.documentElement;
        Object.assign(inside.documentElement, { lang, dir });
        Object.assign(inside, { title: frame.title });
        const of = body();
        of.innerHTML = content;
        of.contentEditable = "true";
        of.dir = "auto";
        for (const [key, value] of [["role", "textbox"], ["aria-multiline", "true"], ["aria-label", frame.title]]) of.setAttribute(key, value);
        inside.execCommand("defaultParagraphSeparator", false, "div");
        dress();
        of.style.minHeight = getComputedStyle(frame).minHeight;
        const fit = () => (frame.style.height = `${of.offsetHeight}px`);
        new ResizeObserver(fit).observe(of);
        new MutationObserver(() => (changed(), fit())).observe(of, { childList: true, subtree: true, characterData: true, attributes: true });
        inside.addEventListener("selectionchange", press);
        // To the page the frame itself has no focus.
        for (const [event, has] of [["focusin", true], ["focusout", false]])
          inside.addEventListener(event, () => frame.toggleAttribute("data-focused", has));
        inside.addEventListener("keydown", keys);
        inside.addEventListener("paste", (event) => {
          event.preventDefault();
          insert(event.clipboardData, isPlainOnce || rich.dataset.pastes === "plain");
          isPlainOnce = false;
        });
        inside.addEventListener("dragstart", () => (dragged = true));
        inside.addEventListener("dragend", () => (dragged = false));
        inside.addEventListener("dragover", (event) => !dragged && event.preventDefault());
        inside.addEventListener("drop", drop);
        // A link is edited, not followed.
        inside.addEventListener("click", (event) => event.target.closest?.("a") && event.preventDefault());
        inside.addEventListener("auxclick", (event) => event.target.closest?.("a") && event.preventDefault());
        matchMedia("(prefers-color-scheme: dark)").addEventListener("change", dress);
        if (!isOwn) {
          isDirty = true;
          sync();
          if (isAsked || text.autofocus) caret();
          // What opens by itself is what the page began with (app.js): nothing is to be kept yet.
          if (!isAsked && typeof kept === "string") kept = typed(form).toString();
        }
        press();
        rich.dataset.ready = "1";
    };
    // `isOwn`: the content is what the server has of it; `isAsked`: somebody has pressed the button.
    const show = (content, { isOwn = false, isAsked = false }) => {
      pending = { content, isOwn, isAsked };
      mark.value = "1";
      rich.hidden = false;
      text.hidden = true;
      opener.hidden = true;
      frame.contentWindow.location.replace(rich.dataset.editor);
    };
    // The signature in it, as HTML where its sender has one: a line with two dashes and what is below, in one element. It is known
    // again by its text.
    const { from } = form.elements;
    const senderOf = (address) => [...(from?.options ?? [from])].find((one) => one?.value === address)?.dataset;
    const block = ({ signature, signatureHtml }) => `<div><div>--&nbsp;</div>${signatureHtml || htmlOf(signature)}</div>`;
    const signedHtml = (plain) => {
      const sender = senderOf(from?.value);
      const mark = sender?.signature && `-- \n${sender.signature}\n`;
      const at = mark ? `\n${plain}\n`.indexOf(`\n${mark}`) : -1;
      if (at < 0) return htmlOf(plain);
      const [above, below] = [plain.slice(0, at), plain.slice(at + mark.length)];
      return (above ? htmlOf(above) : "") + block(sender) + (below ? htmlOf(below) : "");
    };
    const lookFor = ({ signature }) => {
      const meant = `-- \n${signature}\n`;
      return [...body().querySelectorAll("div")].find((one) => !one.closest("blockquote") && textOf(one) === meant);
    };
    document.addEventListener("change", ({ target }) => {
      if (target !== from || !inside) return;
      const [was, is] = [senderOf(form.elements.signed.value), senderOf(from.value)];
      if (!was || !is || was === is) return;
      const there = was.signature && lookFor(was);
      const made = inside.createElement("template");
      if (is.signature) made.innerHTML = block(is);
      if (there) there.replaceWith(made.content);
      else if (!was.signature && is.signature) {
        const quote = begins() === "above" && body().querySelector(":scope > blockquote")?.previousElementSibling;
        if (quote) quote.before(made.content);
        else body().append(made.content);
      }
    });
    // What an answer quotes comes as HTML from the server, where it stands in the text as it was put in; else as the text is.
    const quotedHtml = async () => {
      const answer = await fetch(rich.dataset.quote).catch(() => undefined);
      if (!answer?.ok) return undefined;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const [plain, own] = ["#text", "#html"].map((one) => page.querySelector(one));
      const at = plain && own?.value ? text.value.indexOf(plain.value.trimEnd()) : -1;
      if (at < 0) return undefined;
      for (const n of own.dataset.within.split(" ").filter(Boolean)) {
        form.querySelector(`input[name=carry][value^="n=${n}&"]`)?.remove();
        form.querySelector(`button[value="drop.${n}"]`)?.closest("li").remove();
      }
      const [before, behind] = [text.value.slice(0, at), text.value.slice(at + plain.value.trimEnd().length)];
      say(page.querySelector("#missing")?.textContent);
      return signedHtml(before) + own.value + (behind.trim() ? signedHtml(behind.replace(/^\n/, "")) : "");
    };
    const convert = async (how) => {
      const own = rich.dataset.quote && (await quotedHtml());
      show(own ?? signedHtml(text.value), how);
    };
    // An answer begins above what it quotes, or at the end.
    const caret = () => {
      frame.contentWindow.focus();
      body().focus();
      const selection = inside.getSelection();
      selection.selectAllChildren(body());
      if (begins() === "below") selection.collapseToEnd();
      else selection.collapseToStart();
    };
    const askForLink = () => {
      const selection = inside.getSelection();
      const range = selection.rangeCount ? selection.getRangeAt(0) : undefined;
      const link = selected()?.closest("a");
      const field = linkDialog.querySelector("input");
      field.value = link?.getAttribute("href") ?? "";
      linkDialog.querySelector("[value=remove]").hidden = !link;
      linkDialog.returnValue = "";
      linkDialog.showModal();
      field.select();
      linkDialog.addEventListener("close", () => {
        frame.contentWindow.focus();
        body().focus();
        const back = inside.getSelection();
        if (range) {
          back.removeAllRanges();
          back.addRange(range);
        }
        if (link) back.selectAllChildren(link);
        const typed = field.value.trim();
        const to = isLink(typed) ? typed : /^[^\s@/]+@[^\s@/]+$/.test(typed) ? `mailto:${typed}` : typed && `https://${typed}`;
        if (linkDialog.returnValue === "remove") run("unlink");
        else if (linkDialog.returnValue === "set" && to) {
          if (back.isCollapsed) run("insertHTML", `<a href="${escaped(to)}">${escaped(typed)}</a>`);
          else run("createLink", to);
        }
      }, { once: true });
    };
    const act = (does) => {
      if (does === "link") askForLink();
      else if (does === "paste-plain") {
        rich.dataset.pastes = rich.dataset.pastes === "plain" ? "" : "plain";
        press();
      } else if (does === "plain") leave();
      else if (does === "quote") isIn("blockquote") ? run("outdent") : run("formatBlock", "blockquote");
      else if (does === "removeFormat") {
        run("removeFormat");
        run("unlink");
      } else run(does);
    };
    // What is lost is said before; where nothing is, nothing is said.
    const LOST = "b, strong, i, em, u, s, strike, a, ul, ol, img, table, h1, h2, h3, h4, h5, h6, font, [style], pre, sub, sup";
    const leave = () => {
      if (!body().querySelector(LOST)) return toPlain();
      plainDialog.returnValue = "";
      plainDialog.showModal();
      plainDialog.addEventListener("close", () => plainDialog.returnValue === "plain" && toPlain(), { once: true });
    };
    const toPlain = () => {
      isDirty = true;
      sync();
      clearTimeout(later);
      mark.value = html.value = "";
      rich.hidden = true;
      text.hidden = opener.hidden = false;
      delete rich.dataset.ready;
      inside = undefined;
      frame.contentWindow.location.replace("about:blank");
      say("");
      text.focus();
      text.setSelectionRange(0, 0);
    };

    bar.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (button && inside) act(button.dataset.does);
    });
    // The selection in the editor stays where it is.
    bar.addEventListener("mousedown", (event) => event.preventDefault());
    // One stop for Tab; arrows lead from button to button.
    const buttons = [...bar.querySelectorAll("button")];
    buttons.forEach((button, n) => (button.tabIndex = n ? -1 : 0));
    bar.addEventListener("keydown", (event) => {
      const at = buttons.indexOf(document.activeElement);
      const step = { ArrowRight: 1, ArrowLeft: -1, Home: -at, End: buttons.length - 1 - at }[event.key];
      if (step === undefined || at < 0) return;
      event.preventDefault();
      const turned = document.documentElement.dir === "rtl" && event.key.startsWith("Arrow") ? -step : step;
      const to = buttons[(at + turned + buttons.length) % buttons.length];
      buttons.forEach((button) => (button.tabIndex = button === to ? 0 : -1));
      to.focus();
    });
    opener.hidden = false;
    opener.addEventListener("click", () => convert({ isAsked: true }));
    if (html.value) show(html.value, { isOwn: true });
    else if (rich.dataset.atOnce !== undefined) convert({});
  };
  if (form) start();
}
