"""Langfuse's callback for LangChain: a chain, an agent of LangGraph with a memory, and a call that fails."""

import os

from _otel import QUESTIONS, get_weather

os.environ.update(LANGFUSE_PUBLIC_KEY="pk", LANGFUSE_SECRET_KEY="sk", LANGFUSE_HOST=os.environ["OTLP_URL"])


def run(session):
    from langchain.agents import create_agent
    from langchain_core.output_parsers import StrOutputParser
    from langchain_core.prompts import ChatPromptTemplate
    from langchain_openai import ChatOpenAI
    from langfuse import get_client
    from langfuse.langchain import CallbackHandler
    from langgraph.checkpoint.memory import InMemorySaver

    model = ChatOpenAI(model="gpt-4o-mini", max_retries=0, stream_usage=True)
    metadata = {"langfuse_session_id": session, "langfuse_user_id": "user-7", "langfuse_tags": ["alpha", "beta"]}
    config = {"callbacks": [CallbackHandler()], "metadata": metadata, "configurable": {"thread_id": "t-1"}}

    prompt = ChatPromptTemplate.from_messages([("system", "Be short."), ("user", "{question}")])
    chain = prompt | model | StrOutputParser()
    print(chain.invoke({"question": QUESTIONS[0]}, config))
    for part in model.stream("And Italy?", config):
        print(part.content)
    agent = create_agent(model, tools=[get_weather], system_prompt="Be short.", checkpointer=InMemorySaver())
    for question in (QUESTIONS[1], "Thanks, and the capital?"):
        print(agent.invoke({"messages": [("user", question)]}, config)["messages"][-1].content)
    try:
        chain.invoke({"question": QUESTIONS[2]}, config)
    except Exception as error:
        print("ERR", str(error)[:100])
    get_client().flush()
