/* The behaviours of every staff page, one module each. */
import "./page.js";
import "./keyboard.js";
import "./forms.js";
import "./formsets.js";
import "./drafts.js";
import "./uploads.js";
import "./combobox.js";
import "./dialogs.js";
import "./closing.js";
import "./toasts.js";
import "./clocks.js";
import "./polling.js";
import "./copying.js";
import "./phrases.js";
import "./tabs.js";
import "./viewer.js";
import "./themes.js";
