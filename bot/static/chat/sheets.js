/** Dialogs over the page: sheets that rise from below, and the viewer. A tap beside them closes. */

/**
 * Let a dialog close by a tap beside it, and by its own closing buttons.
 *
 * @param {HTMLDialogElement} dialog
 */
export function dismissable(dialog) {
  dialog.addEventListener("click", (event) => {
    const closes = event.target instanceof Element && event.target.closest("[data-close]");
    if (event.target === dialog || closes) dialog.close();
  });
}
