// What the roles of who is signed in allow. The server asks at each request; this only hides what it would refuse.

const body = document.body;

/** Elements with another `data-needs` than these are hidden by roles.css. */
export function allow(permissions) {
  body.dataset.may = permissions.join(" ");
}

export const may = (permission) => (body.dataset.may ?? "").split(" ").includes(permission);
