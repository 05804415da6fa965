import { explain } from "@/shared/api/errors";
import { text } from "@/shared/text";
import { Button } from "@/shared/ui/Button";
import { NarrowPage } from "@/shared/ui/NarrowPage";

export function Broken({ error }: { readonly error: unknown }) {
  return (
    <NarrowPage title={text.page.broken}>
      <p role="alert">{explain(error)}</p>
      <Button
        look="main"
        onClick={() => {
          window.location.reload();
        }}
      >
        {text.page.reload}
      </Button>
    </NarrowPage>
  );
}
