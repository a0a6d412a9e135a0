// A file that came and waits for a person is opened on the page of an import.
import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { queries } from "~/app/queries";
import { useMay } from "~/app/session";
import { openReceived } from "./queries";

type Came = { id: string; state: string };

/** Whether the viewer may open this file, and how. */
export function useOpenReceived(file: Came) {
    const navigate = useNavigate();
    const manages = useMay("manage_exchange");
    const imports = useMay("run_imports");
    const opening = useMutation({
        mutationFn: () => openReceived(file.id),
        onSuccess: (draft) => {
            void queries.invalidateQueries({ queryKey: ["imports", "drafts"] });
            return navigate({ to: "/integraciones/importar/$draft", params: { draft: draft.id } });
        },
    });
    return { opening, canOpen: manages && imports && (file.state === "parked" || file.state === "failed") };
}
