import { start } from "./app/start.tsx";
import "./app/app.css";

const element = document.getElementById("root");
if (element) void start(element);
