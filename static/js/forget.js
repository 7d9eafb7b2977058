/* At the sign-in nobody's pages are kept on this device any more; what waits in the outbox is not sent for another. */
if ("caches" in window) caches.delete("jobs").catch(() => {});
