import { SankeyChart } from "echarts/charts";
import { init, use as register, type ECharts } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import { useEffect, useRef } from "react";
import { useTheme } from "../theme/theme";

register([SankeyChart, SVGRenderer]);

export interface Stream {
  from: string;
  to: string;
  count: number;
}

interface Props {
  label: string;
  streams: Stream[];
  colours: Record<string, string>;
  height: number;
  dark?: boolean;
  big?: boolean;
}

/** What goes from where to where. What it shows must also stand beside it in words: a picture is read by eyes alone. */
export function FlowChart({ label, streams, colours, height, dark, big }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<ECharts | null>(null);
  const theme = useTheme();
  const night = dark ?? theme === "dark";
  const told = JSON.stringify(streams);
  useEffect(() => {
    const made = init(box.current!, null, { renderer: "svg" });
    chart.current = made;
    const watching = new ResizeObserver(() => made.resize());
    watching.observe(box.current!);
    return () => {
      watching.disconnect();
      made.dispose();
    };
  }, []);
  useEffect(() => {
    const names = [...new Set(streams.flatMap((one) => [one.from, one.to]))];
    const text = night ? "#e7ebf1" : "#1f2733";
    chart.current?.setOption({
      animation: false,
      series: [{
        type: "sankey", left: 8, right: big ? 150 : 110, top: 8, bottom: 8, nodeWidth: 14, nodeGap: 14, draggable: false, emphasis: { disabled: true },
        data: names.map((name) => ({ name, itemStyle: { color: colours[name] ?? "#6b7a90", borderColor: night ? "#e7ebf1" : undefined, borderWidth: night ? 1 : 0 } })),
        links: streams.map((one) => ({ source: one.from, target: one.to, value: one.count })),
        label: { color: text, fontSize: big ? 20 : 13, fontFamily: "inherit" },
        lineStyle: { color: "source", opacity: 0.35 },
      }],
    }, true);
    // eslint-disable-next-line react-hooks/exhaustive-deps -- told is streams by value
  }, [told, night, big]);
  return <div ref={box} role="img" aria-label={label} style={{ height, width: "100%" }} />;
}
