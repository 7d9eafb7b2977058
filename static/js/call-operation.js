/* One call, one operation: a draft that comes back brings the id of the form it was typed into, so that a call whose
   answer was lost is not registered twice. */

export function setUpOperation(form) {
  const { op, kept_op: kept } = form.elements;
  form.addEventListener("draft:restored", (event) => {
    const earlier = event.detail.kept_op?.[0];
    if (earlier) op.value = kept.value = earlier;
  });
}
