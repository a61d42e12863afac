import { useEffect, useState } from "react";

const KEPT = "liandong.ring";
const EVERY = 4000; // milliseconds between rings

/** Rings while something waits for an answer, and says so in the title of the window. Each seat may silence it. */
export function useRinging(waits: boolean, title: string) {
  const [on, setOn] = useState(() => localStorage.getItem(KEPT) !== "off");
  useEffect(() => {
    if (!waits) return;
    const before = document.title;
    document.title = `● ${title}`;
    return () => {
      document.title = before;
    };
  }, [waits, title]);
  useEffect(() => {
    if (!waits || !on) return;
    tone();
    const timer = setInterval(tone, EVERY);
    return () => clearInterval(timer);
  }, [waits, on]);
  const toggle = () => {
    localStorage.setItem(KEPT, on ? "off" : "on");
    setOn(!on);
  };
  return { on, toggle };
}

let audio: AudioContext | undefined;

/** Two short tones. A browser that allows no sound before the first key is silent until then; title and countdown are there anyway. */
function tone(): void {
  if (!navigator.userActivation?.hasBeenActive) return;
  audio ??= new AudioContext();
  for (const [at, pitch] of [[0, 880], [0.18, 660]] as const) {
    const [voice, loud] = [audio.createOscillator(), audio.createGain()];
    voice.frequency.value = pitch;
    loud.gain.setValueAtTime(0.08, audio.currentTime + at);
    loud.gain.exponentialRampToValueAtTime(0.001, audio.currentTime + at + 0.15);
    voice.connect(loud).connect(audio.destination);
    voice.start(audio.currentTime + at);
    voice.stop(audio.currentTime + at + 0.16);
  }
}
