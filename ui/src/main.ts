import "@fontsource-variable/inter/index.css";
import "@/styles/base.css";
import { boot } from "@/app/boot";

void boot("#app");
