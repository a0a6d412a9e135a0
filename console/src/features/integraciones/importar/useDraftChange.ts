// One change of a draft after the other: each is made from the version that the one before left.
import { useMutation } from "@tanstack/react-query";
import { Refusal } from "~/api/problem";
import { queries } from "~/app/queries";
import { changeDraft, type Draft, type DraftPatch, draftQuery } from "./queries";

export function useDraftChange(draft: Draft) {
    return useMutation({
        scope: { id: `draft:${draft.id}` },
        mutationFn: (patch: DraftPatch) => changeDraft(draft.id, patch),
        // Somebody else changed it meanwhile: what stands is shown, and the change can be made again.
        onError: (error) => error instanceof Refusal && error.problem.code === "version_mismatch" && queries.invalidateQueries({ queryKey: draftQuery(draft.id).queryKey }),
    });
}

export type DraftChange = ReturnType<typeof useDraftChange>;
