// The charts of a site's figures, drawn by uPlot from the numbers in the page; again when the theme or the width changes.
document.addEventListener("DOMContentLoaded", () => {
  const source = document.getElementById("analytics-charts");
  if (!source || typeof uPlot === "undefined") return;
  const { size, ...charts } = JSON.parse(source.textContent);
  const series = {
    people: [
      ["Page views", "#17a2a6", { fill: "#17a2a622", width: 2 }],
      ["The time before", "#94a3b8", { dash: [5, 5] }],
      ["Visitors", "#f59e0b", { width: 2 }],
    ],
    machines: [
      ["Public reads", "#17a2a6", { fill: "#17a2a622" }],
      ["API calls", "#6366f1", {}],
      ["Bots", "#94a3b8", {}],
      ["Agents", "#f59e0b", {}],
    ],
    minutes: [["Page views", "#17a2a6", { fill: "#17a2a6", paths: uPlot.paths.bars({ size: [0.7] }) }]],
  };
  const zoned = (seconds) => uPlot.tzDate(new Date(seconds * 1000), "Etc/UTC");
  const time = { hour: "2-digit", minute: "2-digit" };
  const date = { day: "numeric", month: "short" };
  const shown = { people: size === "hour" ? { ...date, ...time } : date, minutes: time };
  const when = (name) => new Intl.DateTimeFormat("en-GB", { timeZone: "UTC", ...(shown[name] || shown.people) });
  const drawn = [];

  const draw = () => {
    for (const chart of drawn.splice(0)) chart.destroy();
    const dark = document.documentElement.classList.contains("dark");
    const ink = dark ? "#9ca3af" : "#6b7280";
    const line = { stroke: dark ? "#ffffff14" : "#0000000f", width: 1 };
    for (const frame of document.querySelectorAll("[data-chart]")) {
      const name = frame.dataset.chart;
      const data = charts[name];
      const told = when(name);
      drawn.push(new uPlot({
        width: frame.clientWidth,
        height: frame.classList.contains("series-low") ? 180 : 280,
        tzDate: zoned,
        cursor: { y: false, points: { size: 7 } },
        scales: { y: { range: (u, low, high) => [0, Math.max(4, high * 1.08)] } },
        axes: [
          { stroke: ink, grid: { show: false }, ticks: line, ...(name === "minutes" ? { values: "{HH}:{mm}" } : {}) },
          { stroke: ink, grid: line, ticks: { show: false }, size: 56, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 2e5, 5e5, 1e6, 1e7, 1e8] },
        ],
        series: [
          { label: "UTC", value: (u, at) => (at === null ? "–" : told.format(new Date(at * 1000))) },
          ...series[name].map(([label, stroke, more]) => ({ label, stroke, width: 1.5, points: { show: data[0].length < 2 }, ...more })),
        ],
      }, data, frame));
    }
  };

  draw();
  new MutationObserver(draw).observe(document.documentElement, { attributes: true, attributeFilter: ["class"] });
  let width = window.innerWidth;
  window.addEventListener("resize", () => {
    if (window.innerWidth !== width) requestAnimationFrame(draw);
    width = window.innerWidth;
  });
});
