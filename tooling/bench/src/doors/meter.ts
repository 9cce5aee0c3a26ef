// Tells the process that started this one how much processor time it has used, of all its threads, or how much memory it holds. Imported
// before a server.
process.on("message", (asked) => {
  const { user, system } = process.cpuUsage()
  process.send?.(asked === "memory" ? process.memoryUsage.rss() : (user + system) / 1_000)
})
