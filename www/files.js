// Files of a message: chosen, dropped anywhere on its page or pasted. They are uploaded one after the other while one goes on
// writing, each with its progress and a button that cancels it; what is too large is told before. An upload brings files alone:
// what has been typed of a message that is kept already stays as it was kept last, and goes with the form as ever.
"use strict";
{
  const field = document.querySelector("#w-files");
  const form = field?.form;
  const area = field?.closest(".attach");
  const words = area?.dataset;
  // The one that is under way, and those that wait; those that were cancelled or failed, of which all may have come though; and
  // the button that is pressed meanwhile.
  const uploads = [];
  const gone = [];
  let [count, held] = [0, undefined];

  const say = (text) => (area.querySelector("[role=status]").textContent = text);
  const about = (sentence, name) => sentence.replace("%s", () => `\u2068${name}\u2069`);
  const section = () => form.querySelector("section.files");
  const list = () => {
    if (!section()) {
      const made = Object.assign(document.createElement("section"), { className: "files", ariaLabel: words.files });
      made.append(document.createElement("ul"));
      area.before(made);
    }
    return section().querySelector("ul");
  };
  // The files of a page, each by the button that takes it off.
  const wishOf = (row) => row.querySelector("button[value^='detach.']")?.value;
  const isOf = (row, { name, size }) =>
    row.querySelector(".name").textContent === name && Number(row.dataset.size) === size;
  let known = new Set();
  const taken = () =>
    [...form.querySelectorAll("section.files [data-size]")].reduce((sum, { dataset }) => sum + Number(dataset.size), 0);

  const rowOf = (upload) => {
    const [row, name, bar, cancel, sign] = ["li", "span", "progress", "button", "span"].map((one) => document.createElement(one));
    const title = about(words.cancel, upload.file.name);
    Object.assign(name, { className: "name", dir: "auto", textContent: upload.file.name });
    Object.assign(bar, { max: 1, value: 0, ariaLabel: upload.file.name });
    Object.assign(sign, { className: "sr", textContent: title });
    Object.assign(cancel, { className: "button quiet", type: "button", title });
    cancel.append(area.querySelector("template").content.cloneNode(true), sign);
    cancel.addEventListener("click", () => stop(upload));
    row.dataset.size = upload.file.size;
    row.append(name, bar, cancel);
    return Object.assign(upload, { row, bar });
  };
  const add = (files) => {
    say("");
    for (const file of files) {
      if (taken() + file.size > Number(words.most)) {
        held = undefined;
        say(about(words.large, file.name));
      } else {
        uploads.push(rowOf({ file }));
        list().append(uploads.at(-1).row);
      }
    }
    next();
  };
  const stop = (upload) => {
    upload.row.remove();
    held = undefined;
    if (upload.request) {
      upload.isStopped = true;
      upload.request.abort();
    } else uploads.splice(uploads.indexOf(upload), 1);
    if (!section().querySelector("li")) section().remove();
  };
  const next = () => {
    const [upload] = uploads;
    if (!upload || upload.request) return;
    const data = new FormData(form);
    data.delete(field.name);
    data.set("do", upload.wish ?? "attach");
    // The same file twice is two files.
    data.set("nth", ++count);
    if (upload.file) data.append(field.name, upload.file, upload.file.name);
    const request = Object.assign(new XMLHttpRequest(), { responseType: "document" });
    upload.request = request;
    request.upload.addEventListener("progress", ({ loaded, total }) => upload.bar && (upload.bar.value = loaded / total));
    request.addEventListener("loadend", () => done(upload));
    request.open("POST", form.getAttribute("action"));
    request.send(data);
  };
  const done = (upload) => {
    const { request, file, isStopped } = upload;
    uploads.shift();
    upload.row?.remove();
    const page = request.status === 200 || request.status === 422 ? request.response : undefined;
    // What became another message meanwhile is not this one.
    if (page?.querySelector("#write [name=d]")?.value === form.elements.d.value) {
      history.replaceState(history.state, "", form.dataset.page);
      const now = [...page.querySelectorAll("#write section.files li")];
      const others = now.filter((row) => wishOf(row) && !known.has(wishOf(row)));
      if (file) others.splice(others.findLastIndex((row) => isOf(row, file)), 1);
      for (const row of others) {
        const at = gone.findIndex((one) => isOf(row, one));
        if (at < 0) continue;
        gone.splice(at, 1);
        uploads.unshift({ wish: wishOf(row) });
      }
      if (!file) gone.splice(0);
      known = new Set(now.map(wishOf));
      const waiting = uploads.filter(({ row }) => row).map(({ row }) => row);
      if (section() || now.length) list().replaceChildren(...now, ...waiting);
      const why = page.querySelector("#w-files-why") ?? (request.status === 422 && page.querySelector(".note.bad p"));
      if (why) fail(why.textContent);
    } else if (!file) gone.splice(0);
    else {
      gone.push(file);
      if (isStopped) uploads.push({});
      else fail(about(words.failed, file.name));
    }
    if (section() && !section().querySelector("li")) section().remove();
    next();
    if (held && !uploads.length) {
      const button = held;
      held = undefined;
      form.requestSubmit(button);
    }
  };
  const fail = (text) => {
    held = undefined;
    say(text);
  };

  if (form) {
    known = new Set([...form.querySelectorAll("section.files li")].map(wishOf));
    // Nobody has to ask for the upload.
    area.querySelector("button").hidden = true;
    const chosen = () => {
      const files = [...field.files];
      field.value = "";
      add(files);
    };
    field.addEventListener("change", chosen);
    document.addEventListener(
      "submit",
      (event) => {
        if (event.target !== form || !(uploads.length || gone.length)) return;
        if (event.submitter?.value === "discard") return uploads.splice(0).forEach(({ request }) => request?.abort());
        event.preventDefault();
        event.stopImmediatePropagation();
        held = event.submitter;
        if (!uploads.length) uploads.push({});
        say(words.waits);
        next();
      },
      true,
    );
    addEventListener("beforeunload", (event) => uploads.length && event.preventDefault());

    // While files are dragged over the page, it says that they can be dropped.
    const here = area.querySelector(".dropping");
    let leaving;
    const hasFiles = (event) => event.dataTransfer?.types.includes("Files");
    const leave = () => {
      clearTimeout(leaving);
      here.hidden = true;
    };
    document.addEventListener("dragover", (event) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = "copy";
      leave();
      here.hidden = false;
      leaving = setTimeout(leave, 500);
    });
    document.addEventListener("drop", (event) => {
      leave();
      if (!hasFiles(event)) return;
      event.preventDefault();
      add(event.dataTransfer.files);
    });
    document.addEventListener("paste", (event) => {
      const { files } = event.clipboardData;
      // What has words beside its picture is pasted as these.
      if (!files.length || event.clipboardData.getData("text/plain")) return;
      event.preventDefault();
      add(files);
    });
  }
}
