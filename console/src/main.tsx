import { createRoot } from "react-dom/client";
import { App } from "./app/App";
import "./theme/base.css";

createRoot(document.getElementById("root")!).render(<App />);
