// Loaded into every process of a start before its own program: whoever loses its parent ends. Without it, a killed
// launcher would leave the servers behind on their ports.
const POLL_MS = 300
const GRACE_MS = 5_000

const parent = process.ppid

const watch = setInterval(() => {
  if (process.ppid === parent) return
  clearInterval(watch)
  process.kill(process.pid, "SIGTERM")
  setTimeout(() => process.exit(1), GRACE_MS).unref()
}, POLL_MS)
watch.unref()
