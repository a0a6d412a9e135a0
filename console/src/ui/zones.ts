// The zones that the browser knows, as a list to choose from.
import type { Option } from "./fields";

let known: Option[] | undefined;

export function zones(): Option[] {
    known ??= Intl.supportedValuesOf("timeZone").map((id) => ({ id, label: id }));
    return known;
}
