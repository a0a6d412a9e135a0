// What the pages of forms and task types ask the server.
import { queryOptions } from "@tanstack/react-query";
import { type Schemas, answer, api, everyPage, idempotencyKey, ifMatch } from "~/api/client";

export type TaskType = Schemas["KeptTaskType"];
export type Form = Schemas["KeptFormDefinition"];
export type FormField = Schemas["FormField"];

const whole = (after: string | undefined) => ({ params: { query: { after, limit: 500 } } });
const at = (reference: string) => ({ path: { reference } });

export const typesQuery = () => queryOptions({ queryKey: ["definitions", "types"], queryFn: () => everyPage<TaskType>((after) => answer(api.GET("/v1/task-types", whole(after)))) });
export const makeType = (body: unknown, once = idempotencyKey()) => answer(api.POST("/v1/task-types", { params: { header: once }, body: body as never }));
export const oneType = (id: string) => answer(api.GET("/v1/task-types/{reference}", { params: at(id) }));
export const changeType = (id: string, changes: unknown, version: number) => answer(api.PATCH("/v1/task-types/{reference}", { params: { ...at(id), header: ifMatch(version) }, body: changes as never }));
export const removeType = (id: string, version: number) => answer(api.DELETE("/v1/task-types/{reference}", { params: { ...at(id), header: ifMatch(version) } }));
export const typeVersions = (id: string) => answer(api.GET("/v1/task-types/{reference}/versions", { params: { ...at(id), query: { limit: 50 } } }));

export const formsQuery = () => queryOptions({ queryKey: ["definitions", "forms"], queryFn: () => everyPage<Form>((after) => answer(api.GET("/v1/forms", whole(after)))) });
export const formQuery = (id: string) => queryOptions({ queryKey: ["definitions", "form", id], queryFn: () => oneForm(id) });
export const makeForm = (body: unknown, once = idempotencyKey()) => answer(api.POST("/v1/forms", { params: { header: once }, body: body as never }));
export const oneForm = (id: string) => answer(api.GET("/v1/forms/{reference}", { params: at(id) }));
export const changeForm = (id: string, changes: unknown, version: number) => answer(api.PATCH("/v1/forms/{reference}", { params: { ...at(id), header: ifMatch(version) }, body: changes as never }));
export const removeForm = (id: string, version: number) => answer(api.DELETE("/v1/forms/{reference}", { params: { ...at(id), header: ifMatch(version) } }));
export const formVersions = (id: string) => answer(api.GET("/v1/forms/{reference}/versions", { params: { ...at(id), query: { limit: 50 } } }));
