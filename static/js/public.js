/* The behaviours of the pages a customer sees. */
import "./page.js";
import "./forms.js";
import "./uploads.js";
import "./closing.js";
import "./toasts.js";
import "./clocks.js";
import "./viewer.js";
