// The page that leads to a vendor goes on by itself; its button does the same without this script.
"use strict";

const way = document.querySelector("[data-departure]");
if (way instanceof HTMLFormElement) {
  way.submit();
} else if (way) {
  location.replace(way.href);
}
