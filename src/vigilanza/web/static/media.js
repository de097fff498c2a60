// The clip in a loop, and the stills. The box keeps its size whatever is in it.

import { draw, h, say } from "./dom.js";
import { may } from "./may.js";
import { server } from "./server.js";
import { clockTime, moment, now, t } from "./words.js";

const LATE_S = 300;
const SILENT_S = 180; // a site says once a minute that it is there

export class Screen {
  constructor() {
    this.caption = h("figcaption");
    this.notice = h("div", { class: "notice" }, h("b"), h("span"));
    this.leaf = draw("svg", { class: "leaf", "aria-hidden": "true" });
    this.screen = h("figure", { class: "screen" }, this.leaf, this.notice, this.caption);
    this.strip = h("div", { class: "strip" });
    this.rest = h("p", { class: "rest", hidden: true });
    this.element = h("div", { class: "pictures" }, this.screen, this.strip, this.rest);
    this.wanted = false; // from the incident's site, since it was opened
    this.key = null;
    this.said = null;
    this.media = [];
    this.shown = null;
    this.chosen = false; // by a person: then a later clip does not push it away
  }

  /**
   * `media`: not shown to whose role may not see them. `began`: the incident's beginning; minutes after it, or if it is -Infinity, no first picture is expected.
   */
  update(detail, began) {
    const { media: taken, pictures_deleted_at: deletedAt, outline, at_site: site } = detail;
    this.outline = outline;
    const media = may("see_pictures") ? taken : [];
    this.empty = deletedAt !== null ? "media.deleted" : now() - began > LATE_S ? "media.never" : "media.none";
    this.values = {};
    this.rest.hidden = true;
    if (!may("see_pictures")) this.empty = "media.withheld";
    else if (site !== null) this.fromSite(detail.id, site, media);
    const key = media.map((item) => item.id).join() || this.empty + JSON.stringify(this.values);
    if (key === this.key && this.said !== "media.failed") return;
    this.key = key;
    this.media = media;
    this.showing = null; // what failed is tried again
    if (!this.chosen) this.shown = null;
    const wanted = media.find((item) => item.id === this.shown?.id) ?? media.find(isClip) ?? media[0] ?? null;
    this.show(wanted);
    this.fillStrip();
  }

  /** What lies at the incident's site: it is fetched when the incident is opened, and said until it is here. */
  fromSite(id, site, media) {
    const { away, why, said, coming, missing } = site;
    const lacking = missing !== 0 || media.length === 0;
    if (site.asked && lacking && (away || !coming) && !this.wanted) {
      this.wanted = true;
      server.wantPictures(id).catch(() => (this.wanted = false)); // the next reading tries again
    }
    const state = siteState(site, this.wanted && site.wanted_at === null);
    if (state === null || !lacking) return;
    const since = site.heard_at === null ? t("media.site_never") : moment(site.heard_at);
    this.values = { site: site.site, since, why: why === null ? "" : t(`media.site_why.${why}`, { said }), count: missing ?? 0 };
    this.empty = state;
    this.rest.hidden = media.length === 0;
    say(this.rest, `${t("media.site_rest", this.values)} ${t(state, this.values)}. ${t(`${state}_hint`, this.values)}`);
  }

  show(item) {
    if (item === null || item === undefined) {
      this.screen.querySelector("video, img")?.remove(); // it was deleted while it was looked at
      this.leaf.replaceChildren();
      this.tell(this.empty);
      this.caption.hidden = true;
    } else if (item.id !== this.showing) {
      this.screen.querySelector("video, img")?.remove();
      this.leaf.replaceChildren();
      this.notice.hidden = true;
      this.said = null;
      this.screen.prepend(isClip(item) ? this.clip(item) : this.still(item));
    }
    this.shown = item;
    this.showing = item?.id;
    if (!item) return;
    this.caption.hidden = false;
    const clip = `${t("media.clip")} · ${clockTime(item.at)} – ${clockTime(item.until)}`;
    const words = isClip(item) ? clip : stillWords(item);
    say(this.caption, item.inside_blacked_out ? `${words} · ${t("media.blacked_out")}` : words);
  }

  clip(item) {
    const poster = this.media.find((other) => !isClip(other));
    const video = h("video", {
      src: item.url, poster: poster?.url, autoplay: true, loop: true, playsinline: true, controls: true,
      preload: "auto", disablepictureinpicture: true, controlslist: "nodownload noremoteplayback",
      "aria-label": t("media.clip"),
      on: {
        error: () => this.tell("media.failed"),
        loadedmetadata: ({ target }) => this.outlineOver(target, target.videoWidth, target.videoHeight),
      },
    });
    video.muted = true; // there is no sound track; browsers only start silent clips by themselves
    return video;
  }

  still(item) {
    const on = {
      error: () => this.tell("media.failed"),
      load: ({ target }) => this.outlineOver(target, target.naturalWidth, target.naturalHeight),
    };
    return h("img", { src: item.url, alt: stillWords(item), on });
  }

  /** The door's outline over a picture of that size, which keeps its shape in the box as the drawing does. */
  outlineOver(picture, width, height) {
    if (!picture.isConnected || this.outline === null) return;
    const points = this.outline.map(([x, y]) => `${x * width},${y * height}`).join(" ");
    this.leaf.setAttribute("viewBox", `0 0 ${width} ${height}`);
    this.leaf.replaceChildren(draw("polygon", { points, class: "under" }), draw("polygon", { points }));
  }

  tell(key) {
    this.notice.hidden = false;
    this.said = key;
    say(this.notice.querySelector("b"), t(key, this.values));
    say(this.notice.querySelector("span"), t(`${key}_hint`, this.values));
  }

  fillStrip() {
    const poster = this.media.find((item) => !isClip(item));
    this.strip.replaceChildren(...this.media.map((item) => this.thumbnail(item, isClip(item) ? poster : item)));
  }

  thumbnail(item, picture) {
    const gone = { error: (event) => event.target.remove() };
    const image = picture ? h("img", { src: picture.url, alt: "", on: gone }) : null;
    const words = isClip(item) ? `▶ ${t("media.clip")}` : clockTime(item.at);
    const attributes = {
      type: "button", class: isClip(item) ? "clip" : "still", "data-media": item.id,
      "aria-label": isClip(item) ? t("media.clip") : stillWords(item),
      "aria-pressed": String(item.id === this.shown?.id),
      on: { click: () => this.choose(item) },
    };
    return h("button", attributes, image, h("span", {}, words));
  }

  choose(item) {
    this.chosen = true;
    this.show(item);
    for (const button of this.strip.children) {
      button.setAttribute("aria-pressed", String(button.dataset.media === item.id));
    }
  }

  /** Let go of the video's connection. */
  leave() {
    const video = this.screen.querySelector("video");
    video?.removeAttribute("src");
    video?.load();
  }
}

/** Why pictures of a site are not here; null if there is nothing more to come. `wanted`: it was just asked for them. */
function siteState({ asked, away, why, coming, heard_at: heardAt }, wanted) {
  if (!asked) return "media.site_unasked";
  if (away) return heardAt !== null && now() - heardAt < SILENT_S ? "media.site_mute" : "media.site_away";
  if (why !== null) return "media.site_refuses";
  return coming || wanted ? "media.site_coming" : null;
}

const isClip = (item) => item.kind === "clip";
const stillWords = (item) => t("media.still_at", { time: clockTime(item.at) });
