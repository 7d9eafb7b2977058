/* The call screen. Each behaviour is a module of its own; without scripts the page is a plain form. */
import { setUpKinds } from "./call-kinds.js";
import { setUpProposals } from "./call-proposals.js";
import { setUpNewcomer } from "./call-newcomer.js";
import { setUpProducts } from "./call-products.js";
import { setUpOperation } from "./call-operation.js";

const form = document.querySelector("form.call");

if (form) {
  const kinds = setUpKinds(form);
  setUpNewcomer(form);
  setUpProducts(form);
  setUpProposals(form, kinds);
  setUpOperation(form);
}
