import type { Parts } from "../parts";

export const landing: Parts["landing"] = {
  claim: "Jede Aufgabe hat ihren Moment. Sobald er verstreicht, weißt du es.",
  more: "Fristen laufen vor deinen Augen ab. Verstreicht eine, wandert die Aufgabe, in genau diesem Augenblick, in jedem Fenster, das du offen hast.",
  demo: "Demo ausprobieren",
  demoHint: "Ganz ohne Konto. Manche Aufgaben sind in weniger als einer Minute fällig.",
  sample: "Ein Beispiel, das von selbst läuft",
  sampleLabel:
    "Ein Beispielbrett: Aufgaben zählen bis zu ihrer Frist herunter und wandern zu „Verpasst“, wenn sie verstreicht.",
  tasks: [
    "Rechnung schicken",
    "Bank anrufen",
    "Blumen gießen",
    "Zug buchen",
    "Ada antworten",
    "Reisepass verlängern",
    "Laptop sichern",
    "Torte bestellen",
  ],
};
