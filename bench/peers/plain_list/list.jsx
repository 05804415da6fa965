// The plainest page that does it: all tasks in one map, every event draws the whole list anew, and a change of
// one's own is there when the server has answered and the stream has said so.
import { useEffect, useState } from "react";
import { createRoot } from "react-dom/client";

const ACK_EACH = 100;
const BUCKETS = ["upcoming", "missed", "completed"];

function useTasks() {
  const [tasks, setTasks] = useState(new Map());
  useEffect(() => {
    const all = new Map();
    const socket = new WebSocket(`ws://${location.host}/ws/v1/stream`);
    socket.onopen = () => socket.send(JSON.stringify({ type: "hello" }));
    socket.onmessage = ({ data }) => {
      const frame = JSON.parse(data);
      if (frame.type === "ping") socket.send(JSON.stringify({ type: "pong" }));
      if (frame.type === "snapshot") {
        for (const { kind, data } of frame.items) if (kind === "task") all.set(data.id, data);
        if (frame.done) setTasks(new Map(all));
      }
      if (frame.type === "events") {
        for (const { type, data } of frame.items) {
          if (type === "task.deleted") all.delete(data.task.id);
          else if (data.task) all.set(data.task.id, data.task);
        }
        setTasks(new Map(all));
        if (frame.to % ACK_EACH === 0) socket.send(JSON.stringify({ type: "ack", seq: frame.to }));
      }
    };
  }, []);
  return [...tasks.values()];
}

function complete(task) {
  const token = document.cookie.match(/csrftoken=([^;]+)/)[1];
  void fetch(`/api/v1/tasks/${task.id}/complete/`, { method: "POST", headers: { "X-CSRFToken": token } });
}

function Task({ task }) {
  return (
    <li data-travel={task.id} data-bucket={task.bucket}>
      <button data-control="circle" onClick={() => complete(task)}>
        ○
      </button>
      <b>{task.title}</b>
      <p>{task.deadline && new Date(task.deadline).toLocaleString()}</p>
    </li>
  );
}

const at = ({ completed_at, deadline }) => completed_at ?? deadline ?? "";

function List() {
  const tasks = useTasks();
  return (
    <main>
      {BUCKETS.map((bucket) => (
        <ul key={bucket}>
          {tasks
            .filter((task) => task.bucket === bucket)
            .sort((a, b) => (bucket === "upcoming" ? 1 : -1) * (at(a) < at(b) ? -1 : 1))
            .map((task) => (
              <Task key={task.id} task={task} />
            ))}
        </ul>
      ))}
    </main>
  );
}

createRoot(document.getElementById("root")).render(<List />);
